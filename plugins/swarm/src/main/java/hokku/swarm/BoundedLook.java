package hokku.swarm;

import hokku.api.UserError;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// A question that is given up: without a leader, managers take long to say that they cannot tell.
final class BoundedLook {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private BoundedLook() {}

    /// @throws UserError with exit code 69 when no answer comes in time; what the question throws
    static <T> T of(Supplier<T> question) throws InterruptedException {
        return of(question, PATIENCE);
    }

    static <T> T of(Supplier<T> question, Duration patience) throws InterruptedException {
        FutureTask<T> task = new FutureTask<>(question::get);
        Thread thread = Thread.ofVirtual().name("swarm-look").start(task);
        try {
            return task.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new UserError(UserError.UNAVAILABLE, "The swarm's manager gave no answer within " + patience.toSeconds() + " s", late);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException(failed.getCause());
        } finally {
            thread.interrupt();
        }
    }
}
