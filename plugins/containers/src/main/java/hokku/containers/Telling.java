package hokku.containers;

import hokku.api.AppId;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells of apps on one thread of its own: who has not been told yet is told once, however often it changed.
public final class Telling implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Telling.class);

    private final Consumer<AppId> changed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    /// Apps that are to be told. Guarded by the lock.
    private final LinkedHashSet<AppId> due = new LinkedHashSet<>();
    private final Thread thread;

    /// @param name of the thread
    public Telling(String name, Consumer<AppId> changed) {
        this.changed = changed;
        this.thread = Thread.ofVirtual().name(name).start(this::tell);
    }

    public void add(Collection<AppId> apps) {
        lock.lock();
        try {
            due.addAll(apps);
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    private void tell() {
        try {
            while (true) {
                AppId next = next();
                try {
                    changed.accept(next);
                } catch (RuntimeException e) {
                    LOG.error("A change of app {} was not heeded", next, e);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("The watch ends", e);
        }
    }

    private AppId next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (due.isEmpty()) {
                news.await();
            }
            return due.removeFirst();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
