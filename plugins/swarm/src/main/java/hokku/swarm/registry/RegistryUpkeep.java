package hokku.swarm.registry;

import hokku.api.Output;
import hokku.api.spi.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps Hokku's own registry running, its certificate valid, and both free of what no release needs.
final class RegistryUpkeep implements Job {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryUpkeep.class);
    private static final Duration INTERVAL = Duration.ofMinutes(5);
    private static final Duration BETWEEN_COLLECTIONS = Duration.ofDays(1);

    private final OwnRegistry own;
    private final Sweep sweep;
    private final PrivateFile collected;
    private final Lock alone;

    /// @param collected remembers when the registry was collected last
    /// @param alone held while nobody may push
    RegistryUpkeep(OwnRegistry own, Sweep sweep, PrivateFile collected, Lock alone) {
        this.own = own;
        this.sweep = sweep;
        this.collected = collected;
        this.alone = alone;
    }

    @Override
    public String name() {
        return "registry";
    }

    @Override
    public When when() {
        return new When.Every(INTERVAL);
    }

    @Override
    public void run() throws InterruptedException {
        own.keepUp(new Logged());
        sweep();
        if (own.exists() && isDue() && alone.tryLock()) {
            try {
                own.collect();
                collected.write(Instant.now().toString());
            } finally {
                alone.unlock();
            }
        }
    }

    /// Removes what is not needed, unless somebody pushes: the next run does.
    void sweep() throws InterruptedException {
        if (alone.tryLock()) {
            try {
                int gone = sweep.run(own.exists() ? Optional.of(own) : Optional.empty());
                if (gone > 0) {
                    LOG.info("{} images of registries are not needed any more", gone);
                }
            } finally {
                alone.unlock();
            }
        }
    }

    private boolean isDue() {
        try {
            return collected.read().map(Instant::parse).map(last -> last.plus(BETWEEN_COLLECTIONS).isBefore(Instant.now())).orElse(true);
        } catch (java.time.DateTimeException damaged) {
            return true;
        }
    }

    /// Nobody waits for what a job tells.
    private static final class Logged implements Output {
        @Override
        public void step(String text) {
            LOG.info("{}", text);
        }

        @Override
        public void milestone(String text) {
            LOG.info("{}", text);
        }

        @Override
        public void detail(String text) {
            LOG.info("{}", text);
        }

        @Override
        public void warn(String text) {
            LOG.warn("{}", text);
        }

        @Override
        public void line(String text) {
            LOG.info("{}", text);
        }
    }
}
