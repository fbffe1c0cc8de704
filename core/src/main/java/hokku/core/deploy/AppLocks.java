package hokku.core.deploy;

import hokku.api.AppName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// One lock per app: whoever changes what runs of an app, or what should, holds it.
final class AppLocks {
    /// Held until it is closed.
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    private final Map<AppName, ReentrantLock> locks = new ConcurrentHashMap<>();

    /// Waits for the lock.
    Held hold(AppName app) throws InterruptedException {
        ReentrantLock lock = locks.computeIfAbsent(app, name -> new ReentrantLock(true));
        if (lock.isHeldByCurrentThread()) {
            throw new IllegalStateException(app + " is being changed by this very thread: a hook must not change the app that it is about");
        }
        lock.lockInterruptibly();
        return lock::unlock;
    }

    /// Waits for the locks of two apps. Always in the same order, so that nobody who wants both waits for another one who does.
    Held hold(AppName one, AppName other) throws InterruptedException {
        Held first = hold(one.compareTo(other) < 0 ? one : other);
        try {
            Held second = hold(one.compareTo(other) < 0 ? other : one);
            return () -> {
                second.close();
                first.close();
            };
        } catch (InterruptedException | RuntimeException failed) {
            first.close();
            throw failed;
        }
    }
}
