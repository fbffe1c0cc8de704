package hokku.containers;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Frame;
import hokku.api.Instance;
import hokku.api.spi.Scheduler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What containers wrote, several of them merged by time.
public final class MergedLogs {
    /// One line of a container.
    public record Line(Instance from, Instant at, boolean error, String text) {}

    /// Which lines of a container are wanted.
    ///
    /// @param last only so many before those that follow; all of them where it is empty
    /// @param since in seconds of the epoch, the engine's unit here: only what came in that second or later
    public record Wanted(OptionalInt last, OptionalInt since, boolean follow) {}

    /// Where the lines are read.
    public interface Source {
        /// Opens the engine's stream of one container, with both of its streams and with times.
        ///
        /// @param frames is closed by whoever reads
        void open(Instance of, Wanted wanted, ResultCallback<Frame> frames);
    }

    private static final Logger LOG = LoggerFactory.getLogger(MergedLogs.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Source source;

    public MergedLogs(Source source) {
        this.source = source;
    }

    /// The last lines of each container, in the order of time. What has not arrived in time is left out.
    public List<Line> last(List<Instance> of, int lines, Duration patience) throws InterruptedException {
        List<Line> found = Collections.synchronizedList(new ArrayList<>());
        List<Reading> readings = new ArrayList<>();
        try {
            for (Instance instance : of) {
                readings.add(open(instance, new Wanted(OptionalInt.of(lines), OptionalInt.empty(), false), found::add));
            }
            long deadline = System.nanoTime() + patience.toNanos();
            for (Reading reading : readings) {
                reading.await(deadline - System.nanoTime());
            }
        } finally {
            readings.forEach(Reading::end);
        }
        List<Line> sorted = new ArrayList<>(List.copyOf(found));
        sorted.sort(Comparator.comparing(Line::at));
        return sorted;
    }

    /// The last lines, then what follows when that is wanted, until the containers end or the caller is interrupted.
    public void read(List<Instance> of, int lines, boolean follow, Scheduler.LogSink sink) throws InterruptedException {
        Map<String, Instant> seen = new HashMap<>();
        if (lines > 0) {
            for (Line line : last(of, lines, PATIENCE)) {
                seen.put(line.from().container(), line.at());
                sink.line(line.from(), line.at(), line.error(), line.text());
            }
        }
        if (follow) {
            follow(of, lines, seen, sink);
        }
    }

    private void follow(List<Instance> of, int lines, Map<String, Instant> seen,
            Scheduler.LogSink sink) throws InterruptedException {
        ReentrantLock lock = new ReentrantLock();
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        List<Reading> readings = new ArrayList<>();
        try {
            for (Instance instance : of) {
                Instant last = seen.getOrDefault(instance.container(), Instant.MIN);
                // What was passed on already comes again in its second, and is skipped below.
                OptionalInt since = lines > 0 && last.isAfter(Instant.EPOCH) ? OptionalInt.of(Math.toIntExact(last.getEpochSecond()))
                        : OptionalInt.empty();
                readings.add(open(instance, new Wanted(lines <= 0 ? OptionalInt.of(0) : OptionalInt.empty(), since, true), line -> {
                    if (line.at().isAfter(last)) {
                        lock.lock();
                        try {
                            sink.line(line.from(), line.at(), line.error(), line.text());
                        } catch (RuntimeException e) {
                            // The reader is gone: nobody would notice on this thread.
                            failure.compareAndSet(null, e);
                        } finally {
                            lock.unlock();
                        }
                    }
                }));
            }
            boolean open = true;
            while (open && failure.get() == null) {
                open = false;
                for (Reading reading : readings) {
                    open |= !reading.await(TimeUnit.MILLISECONDS.toNanos(500));
                }
            }
        } finally {
            readings.forEach(Reading::end);
        }
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    private Reading open(Instance instance, Wanted wanted, Consumer<Line> sink) {
        Reading reading = new Reading(instance, sink);
        source.open(instance, wanted, reading);
        return reading;
    }

    /// The engine's stream of one container.
    private static final class Reading extends ResultCallback.Adapter<Frame> {
        private final Instance instance;
        private final LogLines lines;
        private final CountDownLatch done = new CountDownLatch(1);

        Reading(Instance instance, Consumer<Line> sink) {
            this.instance = instance;
            this.lines = new LogLines((at, error, text) -> sink.accept(new Line(instance, at, error, text)));
        }

        @Override
        public void onNext(Frame frame) {
            lines.take(frame);
        }

        @Override
        public void onError(Throwable error) {
            if (error instanceof DockerException) {
                LOG.debug("The log of {} cannot be read", instance.container(), error);
            }
            done.countDown();
        }

        @Override
        public void onComplete() {
            lines.end();
            done.countDown();
        }

        /// @return whether it has ended
        boolean await(long nanoseconds) throws InterruptedException {
            return done.await(nanoseconds, TimeUnit.NANOSECONDS);
        }

        void end() {
            try {
                close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
