package hokku.core.deploy;

import hokku.api.AppId;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// When apps that could not be repaired are looked at again: after a pause that doubles with every attempt.
///
/// Each attempt makes the engine tell of changes, which must not be taken for a reason to try again at once.
final class Pauses implements AutoCloseable {
    static final Duration FIRST = Duration.ofSeconds(1);

    private final CountDownLatch closed = new CountDownLatch(1);
    /// How long the last pause was of an app that could not be repaired since.
    private final Map<AppId, Duration> lengths = new ConcurrentHashMap<>();
    private final Set<AppId> running = ConcurrentHashMap.newKeySet();

    /// Whether an app is looked at again after its pause; until then nothing of it is started.
    boolean isRunning(AppId app) {
        return running.contains(app);
    }

    /// The next pause of an app is a short one again, unless one is running.
    void forget(AppId app) {
        if (!isRunning(app)) {
            lengths.remove(app);
        }
    }

    /// Does something again after a pause, unless that is planned already.
    void begin(AppId app, Duration longest, Runnable again) {
        if (!running.add(app)) {
            return;
        }
        Duration pause = lengths.merge(app, FIRST, (former, first) -> longer(former, longest));
        Thread.ofVirtual().name("heal " + app).start(() -> {
            try {
                boolean ended = await(pause);
                running.remove(app);
                if (!ended) {
                    again.run();
                }
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /// @return whether the server ends meanwhile
    boolean await(Duration pause) throws InterruptedException {
        return closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    boolean isClosed() {
        return closed.getCount() == 0;
    }

    static Duration longer(Duration pause, Duration longest) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(longest) < 0 ? twice : longest;
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
