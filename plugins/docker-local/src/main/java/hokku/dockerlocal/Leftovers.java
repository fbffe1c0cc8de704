package hokku.dockerlocal;

import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.spi.Job;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes one-off containers that ended while no server was there to do it.
///
/// Only what it saw ended twice: whoever runs a task removes its container in the next moment itself.
final class Leftovers implements Job {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private final Containers containers;

    /// Touched by the one run at a time only.
    private final Set<String> seen = new HashSet<>();

    Leftovers(Containers containers) {
        this.containers = containers;
    }

    @Override
    public String name() {
        return "remove-leftover-tasks";
    }

    @Override
    public When when() {
        return new When.Every(Duration.ofMinutes(5));
    }

    @Override
    public void run() {
        Set<String> ended = new HashSet<>();
        for (Instance instance : containers.list()) {
            if (instance.kind() != ProcessSpec.Kind.DEPLOY && instance.state() == Instance.State.EXITED) {
                if (seen.contains(instance.container())) {
                    containers.remove(instance.container());
                    LOG.info("Removed container {}, left behind by a {} task", instance.container(), instance.kind());
                } else {
                    ended.add(instance.container());
                }
            }
        }
        seen.clear();
        seen.addAll(ended);
    }
}
