package hokku.dockerlocal;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import hokku.api.AppId;
import hokku.api.Engine;
import hokku.api.Instance;
import hokku.containers.Telling;
import java.io.Closeable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
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
    private final Telling telling;
    private final Thread listening;

    /// Every app that was seen, so that one whose containers all went in a gap is told too.
    private final Set<AppId> known = ConcurrentHashMap.newKeySet();

    EventWatch(Engine engine, Containers containers, Consumer<AppId> changed) {
        this.engine = engine;
        this.containers = containers;
        this.telling = new Telling("docker-changes", changed);
        this.listening = Thread.ofVirtual().name("docker-events").start(this::listen);
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
                        telling.add(known);
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
        known.add(app);
        telling.add(List.of(app));
    }

    @Override
    public void close() {
        listening.interrupt();
        telling.close();
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
