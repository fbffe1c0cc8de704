package hokku.dockerlocal;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import hokku.api.AppId;
import hokku.api.Engine;
import hokku.api.Instance;
import java.io.Closeable;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells which apps' containers changed, across restarts of the engine.
///
/// Whenever a stream of events was opened, every app is told: nobody knows what happened before.
final class EventWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventWatch.class);
    private static final long FIRST_PAUSE = 100;
    private static final long LONGEST_PAUSE = 5_000;

    private final Engine engine;
    private final Containers containers;
    private final Consumer<AppId> changed;
    private final Thread listening;
    private final Thread telling;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();

    /// Apps that are to be told, each once. Guarded by the lock.
    private final Set<AppId> due = new LinkedHashSet<>();

    /// Every app that was seen, so that one whose containers all went in a gap is told too. Guarded by the lock.
    private final Set<AppId> known = new HashSet<>();

    EventWatch(Engine engine, Containers containers, Consumer<AppId> changed) {
        this.engine = engine;
        this.containers = containers;
        this.changed = changed;
        this.listening = Thread.ofVirtual().name("docker-events").start(this::listen);
        this.telling = Thread.ofVirtual().name("docker-changes").start(this::tell);
    }

    private void listen() {
        long pause = FIRST_PAUSE;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Stream stream = new Stream();
                try (Closeable open = engine.client().eventsCmd().withEventTypeFilter(EventType.CONTAINER)
                        .withLabelFilter(Map.of(Engine.INSTANCE_LABEL, engine.instance())).exec(stream)) {
                    LOG.debug("Watching through {}", open);
                    if (stream.opened()) {
                        containers.list().stream().map(Instance::app).forEach(this::add);
                        addKnown();
                        pause = FIRST_PAUSE;
                        stream.ended.await();
                    }
                }
                LOG.info("The engine's events ended; they are asked for again");
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                LOG.debug("The engine's events cannot be watched now", e);
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                return;
            }
            pause = Math.min(pause * 2, LONGEST_PAUSE);
        }
    }

    private void add(AppId app) {
        lock.lock();
        try {
            known.add(app);
            due.add(app);
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    private void addKnown() {
        lock.lock();
        try {
            due.addAll(known);
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
            AppId next = due.iterator().next();
            due.remove(next);
            return next;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        listening.interrupt();
        telling.interrupt();
    }

    /// The events of one connection.
    private final class Stream extends ResultCallback.Adapter<Event> {
        private static final Set<String> TOLD = Set.of("start", "die", "stop", "destroy", "pause", "unpause", "restart");

        private final CountDownLatch decided = new CountDownLatch(1);
        private final CountDownLatch ended = new CountDownLatch(1);

        @Override
        public void onStart(Closeable stream) {
            super.onStart(stream);
            decided.countDown();
        }

        @Override
        public void onNext(Event event) {
            if (event.getActor() != null && event.getActor().getAttributes() != null && TOLD.contains(event.getAction())) {
                Optional.ofNullable(event.getActor().getAttributes().get(Labels.ID))
                        .filter(id -> id.matches("[0-9a-f]{16}")).map(AppId::of).ifPresent(EventWatch.this::add);
            }
        }

        @Override
        public void onError(Throwable error) {
            LOG.debug("The engine's events broke off", error);
            ended.countDown();
            decided.countDown();
        }

        @Override
        public void onComplete() {
            ended.countDown();
            decided.countDown();
        }

        boolean opened() throws InterruptedException {
            decided.await();
            return ended.getCount() > 0;
        }
    }
}
