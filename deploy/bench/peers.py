"""The work of a benchmark in PyTorch: two processes, DistributedDataParallel over gloo on loopback, one thread each.

Usage: peers.py version                     what PyTorch computes with
       peers.py W1|W4|W2 MNIST_DIRECTORY    trains and prints {"samplesPerSecond": X, "testAccuracy": Y}

Networks, initial weights, dropout, updaters, batches and epochs are those that deploy/bench/peers gives Dropwise. samplesPerSecond is the
median over epochs after the first, over both workers, training loop only. Ends with 69 where PyTorch would compute with the reference BLAS.
"""

import ctypes
import gzip
import json
import os
import re
import statistics
import sys
import tempfile
import time
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import nn
from torch.multiprocessing import spawn
from torch.nn.functional import cross_entropy
from torch.nn.parallel import DistributedDataParallel

WORKERS = 2
SEED = 1
DEADLINE = timedelta(minutes=2)


class Dropout(nn.Module):
    """Inverted dropout by uniform numbers: nn.Dropout's Bernoulli numbers take four times as long where PyTorch lacks MKL (Debian's)."""

    def __init__(self, drop_probability):
        super().__init__()
        self.drop_probability = drop_probability

    def forward(self, x):
        if not self.training:
            return x
        kept = torch.rand_like(x).ge_(self.drop_probability)
        return x * kept.mul_(1 / (1 - self.drop_probability))


def mlp(sizes, input_dropout):
    layers = [Dropout(input_dropout)] if input_dropout else []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU(), Dropout(0.5)]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], 10))


def lenet():
    # Pooling before the rectifier gives the same and rectifies a quarter.
    layers = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.MaxPool2d(2), nn.ReLU(),
        nn.Conv2d(32, 64, 3), nn.MaxPool2d(2), nn.ReLU(),
        nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(), Dropout(0.5), nn.Linear(128, 10))
    return layers.to(memory_format=torch.channels_last)  # A step takes 17 ms so, 28 otherwise.


def adam(parameters):
    return torch.optim.Adam(parameters, lr=1e-3)


def nesterov(parameters):
    return torch.optim.SGD(parameters, lr=0.1, momentum=0.9, nesterov=True)


# network, optimiser, batch of a worker, epochs, shape of an example
WORKS = {
    "W1": (lambda: mlp([784, 500], 0), adam, 128, 10, (784,)),
    "W4": (lambda: mlp([784, 1024, 1024, 1024], 0.2), nesterov, 128, 10, (784,)),
    "W2": (lenet, adam, 64, 4, (1, 28, 28)),
}


def initialise(network):
    """He et al. before rectifiers, Glorot for the output, zero biases, as Dropwise's zoo."""
    weighted = [layer for layer in network if isinstance(layer, (nn.Linear, nn.Conv2d))]
    for layer in weighted:
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)
    nn.init.xavier_normal_(weighted[-1].weight)


def idx(directory, name, header):
    """The bytes behind the header of an IDX file, gzipped or not."""
    path = os.path.join(directory, name)
    with (open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz")) as file:
        return torch.frombuffer(bytearray(file.read()[header:]), dtype=torch.uint8)


def examples(directory, part, shape):
    pixels = idx(directory, part + "-images-idx3-ubyte", 16).view(-1, *shape).float().div_(255)
    return pixels, idx(directory, part + "-labels-idx1-ubyte", 8).long()


def train(rank, work, directory, meeting):
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method="file://" + meeting, rank=rank, world_size=WORKERS, timeout=DEADLINE)
    build, optimiser, batch, epochs, shape = WORKS[work]
    images, labels = examples(directory, "train", shape)
    per_worker = len(labels) // WORKERS
    own = slice(rank * per_worker, (rank + 1) * per_worker)
    images, labels = images[own].clone(), labels[own].clone()
    torch.manual_seed(SEED)
    network = build()
    initialise(network)
    torch.manual_seed(SEED + 1 + rank)  # Masks and orders of their own for each worker.
    model = DistributedDataParallel(network, gradient_as_bucket_view=True, static_graph=True)
    steps = -(-per_worker // batch)
    descent = optimiser(model.parameters())
    rates = []
    for _ in range(epochs):
        dist.barrier()
        start = time.perf_counter()
        for indices in torch.randperm(per_worker).tensor_split(steps):
            descent.zero_grad(set_to_none=True)
            cross_entropy(model(images[indices]), labels[indices]).backward()
            descent.step()
        dist.barrier()
        rates.append(WORKERS * per_worker / (time.perf_counter() - start))
    if rank == 0:
        print(json.dumps({"samplesPerSecond": statistics.median(rates[1:]), "testAccuracy": accuracy(network, directory, shape)}))
    dist.barrier()
    dist.destroy_process_group()


@torch.no_grad()
def accuracy(network, directory, shape):
    network.eval()
    images, labels = examples(directory, "t10k", shape)
    right = sum((network(x).argmax(1) == y).sum().item() for x, y in zip(images.split(500), labels.split(500)))
    return right / len(labels)


def blas():
    """What multiplies matrices: MKL inside of PyTorch, or what is mapped as the system's BLAS; None for the reference BLAS."""
    if torch.backends.mkl.is_available():
        return "MKL"
    with open("/proc/self/maps") as maps:
        names = {os.path.basename(path): path for path in re.findall(r"/\S*bl[ai]s\S*", maps.read())}
    for name, path in names.items():
        if "openblas" in name:
            library = ctypes.CDLL(path)
            library.openblas_get_config.restype = library.openblas_get_corename.restype = ctypes.c_char_p
            version = " ".join(library.openblas_get_config().decode().split()[:2])
            return version + " " + library.openblas_get_corename().decode()
    return "BLIS" if any("blis" in name for name in names) else None


def main(arguments):
    if arguments == ["version"]:
        library = blas()
        if library is None:
            sys.exit(69)
        print(f"PyTorch {torch.__version__}, {library}, oneDNN {'on' if torch.backends.mkldnn.is_available() else 'off'}")
        return
    work, directory = arguments
    with tempfile.TemporaryDirectory() as meeting:
        spawn(train, (work, directory, os.path.join(meeting, "place")), WORKERS)


if __name__ == "__main__":
    main(sys.argv[1:])
