package hokku.swarm;

import java.time.Duration;

/// How long to wait before something that failed is tried again: longer each time, up to some seconds. Not safe for several threads.
final class Pause {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private Duration next = FIRST;

    Duration next() {
        Duration now = next;
        next = now.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : now.multipliedBy(2);
        return now;
    }

    void reset() {
        next = FIRST;
    }
}
