package hokku.swarm;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import java.io.Closeable;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What happens at the manager's engine: its own containers, services, nodes coming and going. There are no events for tasks elsewhere.
final class ManagerEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ManagerEvents.class);
    private static final Set<String> OF_CONTAINERS = Set.of("start", "die", "stop", "destroy", "pause", "unpause", "health_status: healthy",
            "health_status: unhealthy");

    private final SwarmEngine engine;
    private final Runnable happened;
    private final Thread thread;

    /// @param happened called for each event, and whenever nobody knows what was missed
    ManagerEvents(SwarmEngine engine, Runnable happened) {
        this.engine = engine;
        this.happened = happened;
        this.thread = Thread.ofVirtual().name("swarm-events").start(this::listen);
    }

    private void listen() {
        Pause pause = new Pause();
        try {
            while (true) {
                Stream stream = new Stream();
                try (Closeable open = engine.client().eventsCmd().withEventTypeFilter(EventType.CONTAINER, EventType.SERVICE, EventType.NODE).exec(stream)) {
                    LOG.debug("Watching through {}", open);
                    if (stream.opened()) {
                        pause.reset();
                        happened.run();
                        stream.ended.await();
                    }
                } catch (InterruptedException ended) {
                    throw ended;
                } catch (Exception away) {
                    LOG.debug("The manager's events cannot be watched now", away);
                }
                Thread.sleep(pause.next());
            }
        } catch (InterruptedException ended) {
            LOG.debug("The watch ends", ended);
        }
    }

    static boolean matters(Event event) {
        return switch (event.getType()) {
            case SERVICE, NODE -> true;
            case CONTAINER -> OF_CONTAINERS.contains(event.getAction()) && event.getActor() != null && event.getActor().getAttributes() != null
                    && event.getActor().getAttributes().containsKey("com.docker.swarm.service.id");
            case null, default -> false;
        };
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    /// The events of one connection.
    private final class Stream extends ResultCallback.Adapter<Event> {
        private final CountDownLatch decided = new CountDownLatch(1);
        private final CountDownLatch ended = new CountDownLatch(1);

        @Override
        public void onStart(Closeable stream) {
            super.onStart(stream);
            decided.countDown();
        }

        @Override
        public void onNext(Event event) {
            if (matters(event)) {
                happened.run();
            }
        }

        @Override
        public void onError(Throwable error) {
            LOG.debug("The manager's events broke off", error);
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
