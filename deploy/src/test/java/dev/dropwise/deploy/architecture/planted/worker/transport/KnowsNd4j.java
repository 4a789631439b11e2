package dev.dropwise.deploy.architecture.planted.worker.transport;

import io.aeron.Publication;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Violates the absence of ND4J; may know Aeron. */
public interface KnowsNd4j {
    Publication publication(INDArray array);
}
