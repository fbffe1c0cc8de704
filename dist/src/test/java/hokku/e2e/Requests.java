package hokku.e2e;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// A constant rate of requests, whatever the answers do: each on a connection of its own, and none of them repeated.
final class Requests implements AutoCloseable {
    private final Web web;
    private final String domain;
    private final int rate;
    private final Queue<Made> made = new ConcurrentLinkedQueue<>();
    private final Phaser open = new Phaser(1);
    private volatile boolean ended;

    private Requests(Web web, String domain, int rate) {
        this.web = web;
        this.domain = domain;
        this.rate = rate;
    }

    /// @param rate how many in a second
    static Requests start(Web web, String domain, int rate) {
        Requests requests = new Requests(web, domain, rate);
        requests.spawn(requests::pace);
        return requests;
    }

    /// One of them, and what became of it.
    ///
    /// @param begun when, as [System#nanoTime] counts
    /// @param ended the same
    record Made(long begun, long ended, Web.Answer answer) {
        Duration took() {
            return Duration.ofNanos(ended - begun);
        }

        boolean failed() {
            return answer.status() != 200;
        }
    }

    /// All that were made.
    record Outcome(List<Made> made) {
        List<Made> failed() {
            return made.stream().filter(Made::failed).toList();
        }

        /// The longest of those that were answered well.
        Duration longest() {
            return made.stream().filter(Predicate.not(Made::failed)).map(Made::took).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
        }

        /// How many took longer than that.
        long longer(Duration limit) {
            return made.stream().filter(each -> each.took().compareTo(limit) > 0).count();
        }

        /// Those that were begun within a time.
        Outcome between(long from, long to) {
            return new Outcome(made.stream().filter(each -> each.begun() - from >= 0 && each.begun() - to < 0).toList());
        }

        /// How often each page came.
        Map<String, Long> pages() {
            return made.stream().collect(Collectors.groupingBy(each -> each.answer().status() == 200 ? each.answer().body() : "none: " + each.answer(),
                    TreeMap::new, Collectors.counting()));
        }

        @Override
        public String toString() {
            return "%d requests, %d failed, the longest took %d ms".formatted(made.size(), failed().size(), longest().toMillis());
        }
    }

    /// How many have come to an end.
    int count() {
        return made.size();
    }

    /// What has become of those that came to an end by now.
    Outcome soFar() {
        return new Outcome(List.copyOf(made));
    }

    /// Ends it when everything that was asked is answered.
    Outcome end() {
        close();
        return soFar();
    }

    @Override
    public void close() {
        ended = true;
        open.arriveAndAwaitAdvance();
    }

    private void spawn(Runnable work) {
        open.register();
        Thread.ofVirtual().start(() -> {
            try {
                work.run();
            } finally {
                open.arriveAndDeregister();
            }
        });
    }

    private void pace() {
        long begin = System.nanoTime();
        for (long sent = 0; !ended; sent++) {
            LockSupport.parkNanos(begin + sent * 1_000_000_000L / rate - System.nanoTime());
            spawn(this::ask);
        }
    }

    private void ask() {
        long begun = System.nanoTime();
        Web.Answer answer = web.get(domain, "/");
        made.add(new Made(begun, System.nanoTime(), answer));
    }
}
