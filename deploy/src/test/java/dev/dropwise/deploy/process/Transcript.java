package dev.dropwise.deploy.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The lines that a stream has brought so far, read by a thread of its own until the stream ends. */
final class Transcript {
    private final List<Line> lines = new ArrayList<>();
    private final Thread reader;
    private boolean ended;

    Transcript(String name, InputStream stream) {
        reader = new Thread(() -> read(stream), name);
        reader.setDaemon(true);
        reader.start();
    }

    private void read(InputStream stream) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                add(line);
            }
        } catch (IOException e) {
            add("(stream broke: " + e.getMessage() + ")");
        } finally {
            end();
        }
    }

    /** One line and when it came, by {@link System#nanoTime}. */
    private record Line(String text, long seenNs) {}

    private synchronized void add(String line) {
        lines.add(new Line(line, System.nanoTime()));
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    synchronized List<String> lines() {
        return lines.stream().map(Line::text).toList();
    }

    /** The first match in any line, as soon as there is one; empty when the stream ends or the time is over first. */
    synchronized Optional<Sighting> await(Pattern pattern, Duration deadline) throws InterruptedException {
        int[] seen = {0};
        List<Sighting> found = new ArrayList<>();
        waitUntil(deadline, () -> {
            while (found.isEmpty() && seen[0] < lines.size()) {
                Line line = lines.get(seen[0]++);
                Matcher matcher = pattern.matcher(line.text());
                if (matcher.find()) {
                    found.add(new Sighting(matcher.toMatchResult(), line.seenNs()));
                }
            }
            return !found.isEmpty() || ended;
        });
        return found.stream().findFirst();
    }

    /** True if the stream ended in time. */
    synchronized boolean awaitEnd(Duration deadline) throws InterruptedException {
        waitUntil(deadline, () -> ended);
        return ended;
    }

    private void waitUntil(Duration deadline, BooleanSupplier condition) throws InterruptedException {
        long endNs = System.nanoTime() + deadline.toNanos();
        while (!condition.getAsBoolean()) {
            long leftMs = (endNs - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                return;
            }
            wait(leftMs);
        }
    }
}
