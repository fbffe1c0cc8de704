package hokku.core.datastore;

import hokku.api.ServiceId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has a service looked at of which something was heard, each on a thread of its own: at once the first time, and ever later when it is heard
/// again and again, since a container that cannot stay would keep the engine busy.
final class Alarms implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Alarms.class);

    interface Look {
        void at(ServiceId service) throws InterruptedException;
    }

    private record Past(long ended, Duration pause) {}

    private final Duration shortest;
    private final Duration longest;
    private final Look look;
    /// The last look at each service. Guarded by this.
    private final Map<ServiceId, Past> past = new HashMap<>();
    /// Services that will be looked at: what is heard of them meanwhile tells nothing new. Guarded by this.
    private final Set<ServiceId> due = new HashSet<>();
    /// Those who look, or are about to. Guarded by this.
    private final Set<Thread> looking = new HashSet<>();
    /// Guarded by this.
    private boolean closed;

    /// @param shortest how long it waits the first time, and again after a service was quiet for the longest time
    Alarms(Duration shortest, Duration longest, Look look) {
        this.shortest = shortest;
        this.longest = longest;
        this.look = look;
    }

    /// Something was heard of a service.
    synchronized void ring(ServiceId service) {
        if (!closed && due.add(service)) {
            Duration pause = pause(service);
            Thread thread = Thread.ofVirtual().name("service " + service).unstarted(() -> answer(service, pause));
            looking.add(thread);
            thread.start();
        }
    }

    private Duration pause(ServiceId service) {
        Past last = past.get(service);
        if (last == null || isLongAgo(last, System.nanoTime())) {
            return shortest;
        }
        Duration twice = last.pause().multipliedBy(2);
        return twice.compareTo(longest) < 0 ? twice : longest;
    }

    private boolean isLongAgo(Past last, long now) {
        return now - last.ended() > longest.toNanos();
    }

    private void answer(ServiceId service, Duration pause) {
        try {
            Thread.sleep(pause);
            // From here on whatever is heard counts anew.
            begin(service, pause);
            look.at(service);
        } catch (InterruptedException ended) {
            LOG.debug("Nobody looks at service {} any more", service, ended);
        } catch (RuntimeException failed) {
            LOG.error("Service {} could not be looked at", service, failed);
        } finally {
            end(service, pause);
        }
    }

    private synchronized void begin(ServiceId service, Duration pause) {
        due.remove(service);
        past.put(service, new Past(System.nanoTime(), pause));
    }

    private synchronized void end(ServiceId service, Duration pause) {
        long now = System.nanoTime();
        past.values().removeIf(last -> isLongAgo(last, now));
        past.put(service, new Past(now, pause));
        looking.remove(Thread.currentThread());
    }

    @Override
    public synchronized void close() {
        closed = true;
        looking.forEach(Thread::interrupt);
    }
}
