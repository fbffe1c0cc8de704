package hokku.swarm;

import com.github.dockerjava.api.model.SwarmInfo;
import hokku.api.AppId;
import java.util.Optional;
import java.util.function.Consumer;

/// Watches the swarm for everybody who wants to know which apps changed.
final class Watches {
    private final SwarmEngine engine;
    private final Cluster cluster;
    private final Reachability reachability;

    /// @param reachability what the cluster asks about nodes
    Watches(SwarmEngine engine, Cluster cluster, Reachability reachability) {
        this.engine = engine;
        this.cluster = cluster;
        this.reachability = reachability;
    }

    /// @return ends the watch
    AutoCloseable open(Consumer<AppId> changed) {
        Watch watch = new Watch(cluster::view, this::ownNode, reachability, changed);
        ManagerEvents events = new ManagerEvents(engine, watch::wake);
        return () -> {
            events.close();
            watch.close();
        };
    }

    private String ownNode() {
        return Optional.ofNullable(engine.info()).map(SwarmInfo::getNodeID).orElse("");
    }
}
