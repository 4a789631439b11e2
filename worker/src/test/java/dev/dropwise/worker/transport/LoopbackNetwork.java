package dev.dropwise.worker.transport;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A network of ranks inside one JVM, with faults that are drawn from a seed and counted when they happen. */
public final class LoopbackNetwork {
    private static final int ROOM_IN_FRAMES = 8;
    private static final int MAX_DELAY_POLLS = 50;

    private final int worldSize;
    private final int maxPayloadBytes;
    private final Faults faults;
    private final Map<String, Stream> streams = new HashMap<>();
    private final Set<Integer> dead = ConcurrentHashMap.newKeySet();
    private final AtomicInteger injected = new AtomicInteger();
    private final AtomicInteger struck = new AtomicInteger();
    private volatile boolean recording;
    private final Map<FrameKind, AtomicInteger> sent = new ConcurrentHashMap<>();
    private final List<UnsafeBuffer> chunks = new ArrayList<>();
    private IntUnaryOperator hosts = rank -> rank;
    private final CountDownLatch thaw = new CountDownLatch(1);

    /** Thrown on the thread of a rank that is killed. */
    public static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    public LoopbackNetwork(int worldSize, int maxPayloadBytes, Faults faults) {
        this.worldSize = worldSize;
        this.maxPayloadBytes = maxPayloadBytes;
        this.faults = faults;
        for (int from = 0; from < worldSize; from++) {
            for (int to = 0; to < worldSize; to++) {
                for (Lane lane : Lane.values()) {
                    streams.put(key(lane, from, to), new Stream(new Random(faults.seed() * 31 + from * 7L + to)));
                }
            }
        }
    }

    /** Lets ranks that {@code hosts} maps to one number share memory, {@code chunkBytes} each. */
    public LoopbackNetwork sharing(int chunkBytes, IntUnaryOperator hosts) {
        this.hosts = hosts;
        for (int rank = 0; rank < worldSize; rank++) {
            chunks.add(new UnsafeBuffer(ByteBuffer.allocateDirect(chunkBytes)));
        }
        return this;
    }

    /** The memory that {@code rank} shares with others. */
    public SharedChunks chunks(int rank) {
        if (chunks.isEmpty()) {
            return SharedChunks.none();
        }
        DirectBuffer[] peers = new DirectBuffer[worldSize];
        for (int peer = 0; peer < worldSize; peer++) {
            boolean shared = peer != rank && hosts.applyAsInt(peer) == hosts.applyAsInt(rank);
            peers[peer] = shared ? new UnsafeBuffer(chunks.get(peer)) : new UnsafeBuffer(0, 0);
        }
        return SharedChunks.of(new UnsafeBuffer(chunks.get(rank)), peers);
    }

    /** How many frames of {@code kind} have been sent. */
    public int framesSent(FrameKind kind) {
        return sent.getOrDefault(kind, new AtomicInteger()).get();
    }

    public Transport transport(int rank) {
        return new LoopbackTransport(rank);
    }

    /** How many faults have really happened. */
    public int faultsInjected() {
        return injected.get();
    }

    /** Lets a frozen rank go on. */
    public void thaw() {
        thaw.countDown();
    }

    /** Keeps what is sent from now on in the data lane, for {@link #recorded}. */
    public void record() {
        recording = true;
    }

    /** Copies of the frames of the data lane from one rank to another, as they were sent. */
    public List<byte[]> recorded(int from, int to) {
        return stream(Lane.DATA, from, to).recorded();
    }

    /** Puts raw bytes into a stream, as a stranger would. */
    public void inject(Lane lane, int from, int to, byte[] frame) {
        stream(lane, from, to).add(frame);
    }

    private Stream stream(Lane lane, int from, int to) {
        Stream found = streams.get(key(lane, from, to));
        if (found == null) {
            throw new IllegalArgumentException("no stream " + key(lane, from, to));
        }
        return found;
    }

    private static String key(Lane lane, int from, int to) {
        return lane + "/" + from + "/" + to;
    }

    /** The frames under way from one rank to another. */
    private final class Stream {
        private final Random random;
        private final Deque<byte[]> frames = new ArrayDeque<>();
        private final List<byte[]> record = new ArrayList<>();
        private int heldBackPolls;
        private byte[] overtaken = new byte[0];

        Stream(Random random) {
            this.random = random;
        }

        synchronized boolean isFull() {
            return frames.size() >= ROOM_IN_FRAMES;
        }

        synchronized void add(byte[] frame) {
            frames.addLast(frame);
        }

        synchronized List<byte[]> recorded() {
            return List.copyOf(record);
        }

        synchronized void addWithFaults(byte[] frame) {
            if (recording) {
                record.add(frame.clone());
            }
            if (happens(faults.drop())) {
                return;
            }
            if (happens(faults.corrupt())) {
                frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
            }
            if (overtaken.length == 0 && happens(faults.overtake())) {
                overtaken = frame;
                return;
            }
            frames.addLast(frame);
            if (overtaken.length > 0) {
                frames.addLast(overtaken);
                overtaken = new byte[0];
            }
            if (happens(faults.duplicate())) {
                frames.addLast(frame.clone());
            }
            if (happens(faults.delay())) {
                heldBackPolls = 1 + random.nextInt(MAX_DELAY_POLLS);
            }
        }

        synchronized Optional<byte[]> peek() {
            if (heldBackPolls > 0) {
                heldBackPolls--;
                return Optional.empty();
            }
            return Optional.ofNullable(frames.peekFirst());
        }

        synchronized void removeFirst() {
            frames.removeFirst();
        }

        private boolean happens(double probability) {
            boolean happens = probability > 0 && random.nextDouble() < probability;
            if (happens) {
                injected.incrementAndGet();
            }
            return happens;
        }
    }

    private final class LoopbackTransport implements Transport {
        private final int rank;

        LoopbackTransport(int rank) {
            this.rank = rank;
        }

        @Override
        public int rank() {
            return rank;
        }

        @Override
        public int worldSize() {
            return worldSize;
        }

        @Override
        public String name() {
            return "loopback";
        }

        @Override
        public int maxPayloadBytes(int peer) {
            return maxPayloadBytes;
        }

        @Override
        public boolean send(Lane lane, int peer, Outgoing outgoing) {
            Stream stream = stream(lane, rank, peer);
            strike(outgoing.kind());
            if (stream.isFull() || dead.contains(peer)) {
                return false;
            }
            byte[] bytes = new byte[outgoing.lengthBytes()];
            outgoing.writeTo(new UnsafeBuffer(bytes), 0);
            sent.computeIfAbsent(outgoing.kind(), none -> new AtomicInteger()).incrementAndGet();
            if (lane == Lane.DATA) {
                stream.addWithFaults(bytes);
            } else {
                stream.add(bytes);
            }
            return true;
        }

        private void strike(FrameKind kind) {
            Faults.Strike strike = faults.strike();
            if (strike.rank() != rank || strike.at() != kind || !struck.compareAndSet(0, 1)) {
                return;
            }
            injected.incrementAndGet();
            if (strike.effect() == Faults.Effect.KILL) {
                dead.add(rank);
                throw new Killed();
            }
            try {
                thaw.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public int poll(Lane lane, int peer, Receiver receiver) {
            Stream stream = stream(lane, peer, rank);
            Optional<byte[]> frame = stream.peek();
            if (frame.isEmpty() || !receiver.onFrame(peer, new UnsafeBuffer(frame.get()), 0, frame.get().length)) {
                return 0;
            }
            stream.removeFirst();
            return 1;
        }

        @Override
        public Optional<Loss> loss(int peer) {
            return dead.contains(peer) ? Optional.of(new Loss(peer, "was killed by the test")) : Optional.empty();
        }

        @Override
        public void close() {
            dead.add(rank);
        }
    }
}
