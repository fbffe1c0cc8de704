package hokku.core.deploy;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.function.Predicate;

/// Measures how long each stage of a deploy takes: one begins where the former ends. Safe for use by several threads.
final class Stages {
    /// The stages of a push, in their order.
    enum Stage {
        /// For the deploy before it.
        WAIT,
        /// From the source to the image.
        BUILD,
        /// The release is recorded, with what hooks make of it.
        RELEASE,
        RELEASE_TASK,
        /// New containers start, and pass their checks.
        START,
        /// The proxy prepares the route.
        ROUTE,
        /// From the journal to the branch; nothing can end it any more.
        COMMIT,
        /// What plugins do once the release is live.
        FINISH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /// What is shorter is not worth a word.
    private static final Duration SHORT = Duration.ofMillis(50);

    private final Predicate<Stage> leave;
    /// These are guarded by this.
    private final SequencedMap<String, Duration> took = new LinkedHashMap<>();
    private Stage current = Stage.WAIT;
    private long since;
    private boolean ended;

    /// @param asked the nano time at which it began to wait
    /// @param leave whether a stage may begin; it may not once the deploy was cancelled
    Stages(long asked, Predicate<Stage> leave) {
        this.since = asked;
        this.leave = leave;
    }

    /// For what nobody asks about.
    static Stages unwatched() {
        return new Stages(System.nanoTime(), stage -> true);
    }

    /// @throws InterruptedException when it was cancelled: whatever has swallowed the interrupt
    void begin(Stage next) throws InterruptedException {
        if (!leave.test(next)) {
            throw new InterruptedException("cancelled before the stage " + next);
        }
        synchronized (this) {
            lap();
            current = next;
        }
    }

    synchronized void end() {
        lap();
        ended = true;
    }

    private void lap() {
        if (!ended) {
            long now = System.nanoTime();
            took.merge(current.toString(), Duration.ofNanos(now - since), Duration::plus);
            since = now;
        }
    }

    /// The stage that runs, or ran last.
    synchronized String current() {
        return current.toString();
    }

    /// What is known so far.
    synchronized SequencedMap<String, Duration> measured() {
        SequencedMap<String, Duration> all = new LinkedHashMap<>(took);
        if (!ended) {
            all.merge(current.toString(), Duration.ofNanos(System.nanoTime() - since), Duration::plus);
        }
        return all;
    }

    /// `12.3 s: build 10.1 s, start 2.0 s`, without what took no time worth mentioning.
    synchronized String summary() {
        Duration total = measured().values().stream().reduce(Duration.ZERO, Duration::plus);
        StringBuilder text = new StringBuilder(seconds(total));
        String separator = ": ";
        for (var each : measured().entrySet()) {
            if (each.getValue().compareTo(SHORT) >= 0) {
                text.append(separator).append(each.getKey().replace('-', ' ')).append(' ').append(seconds(each.getValue()));
                separator = ", ";
            }
        }
        return text.toString();
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
