package hokku.swarm;

import java.time.Duration;
import java.util.Optional;

/// How long something may last. Not safe for several threads.
final class Patience {
    private final Duration limit;
    private Optional<Long> since = Optional.empty();

    Patience(Duration limit) {
        this.limit = limit;
    }

    /// Whether it lasted too long since it was first asked.
    boolean isOver() {
        long now = System.nanoTime();
        since = Optional.of(since.orElse(now));
        return now - since.get() > limit.toNanos();
    }

    /// It is over, and may begin anew.
    void end() {
        since = Optional.empty();
    }
}
