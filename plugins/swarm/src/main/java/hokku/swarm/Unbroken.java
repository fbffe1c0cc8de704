package hokku.swarm;

import hokku.api.Uninterruptible;
import java.util.concurrent.Callable;

/// Calls that an interrupt does not cut off, for work that throws nothing checked: a call that is cut off may leave something that nobody knows.
final class Unbroken {
    private Unbroken() {}

    static <T> T call(String name, Callable<T> work) {
        try {
            return Uninterruptible.call(name, work);
        } catch (RuntimeException failed) {
            throw failed;
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    static void run(String name, Runnable work) {
        call(name, () -> {
            work.run();
            return name;
        });
    }
}
