package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Asks an app again and again, and keeps count of what it answers.
public final class Watch implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(10);

    /// How often each answer came. Guarded by itself.
    private final Map<Web.Answer, Integer> seen = new LinkedHashMap<>();
    private final Thread asking;
    private volatile boolean ended;

    public Watch(Web web, String domain) {
        this(web, domain, "/");
    }

    Watch(Web web, String domain, String path) {
        asking = Thread.ofVirtual().start(() -> {
            try {
                while (!ended) {
                    Web.Answer answer = web.get(domain, path);
                    synchronized (seen) {
                        seen.merge(answer, 1, Integer::sum);
                    }
                    Thread.sleep(PAUSE);
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /// Ends it, and checks that nothing but these pages came, and that one came at all.
    public void sawOnly(String... pages) {
        close();
        synchronized (seen) {
            List<Web.Answer> allowed = List.of(pages).stream().map(page -> new Web.Answer(200, page)).toList();
            assertThat(seen).as("what was answered").isNotEmpty();
            assertThat(seen.keySet()).as("what was answered, of %s", seen).isSubsetOf(allowed);
        }
    }

    /// How often that page came, so far.
    int saw(String page) {
        synchronized (seen) {
            return seen.getOrDefault(new Web.Answer(200, page), 0);
        }
    }

    /// How often something else came, so far.
    int sawElse(String page) {
        synchronized (seen) {
            return seen.values().stream().mapToInt(Integer::intValue).sum() - saw(page);
        }
    }

    @Override
    public void close() {
        ended = true;
        try {
            asking.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
