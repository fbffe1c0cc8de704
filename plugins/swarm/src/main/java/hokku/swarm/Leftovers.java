package hokku.swarm;

import hokku.api.spi.Job;
import java.time.Duration;

/// Removes what a crash of the server left behind: one-off containers and services, and secrets without a service.
final class Leftovers implements Job {
    /// A secret is made just before its service.
    private static final Duration YOUNG = Duration.ofMinutes(10);

    private final SwarmEngine engine;
    private final OneOffs oneOffs;
    private final Secrets secrets;

    Leftovers(SwarmEngine engine, OneOffs oneOffs, Secrets secrets) {
        this.engine = engine;
        this.oneOffs = oneOffs;
        this.secrets = secrets;
    }

    @Override
    public String name() {
        return "remove-leftover-swarm-tasks";
    }

    @Override
    public When when() {
        return new When.Every(Duration.ofMinutes(1));
    }

    @Override
    public void run() {
        // Most servers use no swarm, or only a worker of somebody else's.
        if (Boolean.TRUE.equals(engine.info().getControlAvailable())) {
            oneOffs.removeOrphans();
            secrets.removeUnused(YOUNG);
        }
    }
}
