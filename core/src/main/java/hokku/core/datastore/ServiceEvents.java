package hokku.core.datastore;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import hokku.api.Engine;
import hokku.api.ServiceId;
import java.io.Closeable;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells whose container ended, across restarts of the engine.
final class ServiceEvents implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceEvents.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Engine engine;
    private final Runnable opened;
    private final Consumer<ServiceId> ended;
    private final Thread listening;

    ServiceEvents(Engine engine, Runnable opened, Consumer<ServiceId> ended) {
        this.engine = engine;
        this.opened = opened;
        this.ended = ended;
        this.listening = Thread.ofVirtual().name("service-events").start(this::listen);
    }

    private void listen() {
        Duration pause = FIRST_PAUSE;
        try {
            while (true) {
                if (listenOnce()) {
                    pause = FIRST_PAUSE;
                }
                Thread.sleep(pause);
                Duration twice = pause.multipliedBy(2);
                pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
            }
        } catch (InterruptedException closed) {
            LOG.debug("Nobody listens any more", closed);
        }
    }

    /// @return whether the engine told anything
    private boolean listenOnce() throws InterruptedException {
        Stream stream = new Stream();
        try (Closeable open = engine.client().eventsCmd().withEventTypeFilter(EventType.CONTAINER).withEventFilter("die", "destroy")
                .withLabelFilter(Engine.INSTANCE_LABEL + "=" + engine.instance(), EngineServiceContainers.ID).exec(stream)) {
            LOG.debug("Listening through {}", open);
            boolean told = stream.opened();
            if (told) {
                // Nobody knows what happened before.
                opened.run();
                stream.over.await();
                LOG.info("The engine's events ended; they are asked for again");
            }
            return told;
        } catch (InterruptedException closed) {
            throw closed;
        } catch (Exception failed) {
            LOG.debug("The engine's events cannot be listened to now", failed);
            return false;
        }
    }

    @Override
    public void close() {
        listening.interrupt();
    }

    /// The events of one connection.
    private final class Stream extends ResultCallback.Adapter<Event> {
        private final CountDownLatch decided = new CountDownLatch(1);
        private final CountDownLatch over = new CountDownLatch(1);

        @Override
        public void onStart(Closeable stream) {
            super.onStart(stream);
            decided.countDown();
        }

        @Override
        public void onNext(Event event) {
            if (event.getActor() != null && event.getActor().getAttributes() != null) {
                EngineServiceContainers.service(event.getActor().getAttributes()).ifPresent(ended);
            }
        }

        @Override
        public void onError(Throwable error) {
            LOG.debug("The engine's events broke off", error);
            over.countDown();
            decided.countDown();
        }

        @Override
        public void onComplete() {
            over.countDown();
            decided.countDown();
        }

        boolean opened() throws InterruptedException {
            decided.await();
            return over.getCount() > 0;
        }
    }
}
