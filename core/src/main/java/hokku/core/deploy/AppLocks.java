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
}
