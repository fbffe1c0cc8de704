package hokku.dockerlocal;

import hokku.api.Instance;
import hokku.api.spi.Job;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes the one-off containers that a crash of the server left behind.
final class Leftovers implements Job {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private final Containers containers;

    Leftovers(Containers containers) {
        this.containers = containers;
    }

    @Override
    public String name() {
        return "remove-leftover-tasks";
    }

    @Override
    public When when() {
        return new When.Every(Duration.ofMinutes(1));
    }

    @Override
    public void run() {
        for (Instance instance : containers.orphans()) {
            containers.remove(instance.container());
            LOG.info("Removed container {} of {}, left behind by a {} task", instance.container(), instance.app(),
                    instance.kind());
        }
    }
}
