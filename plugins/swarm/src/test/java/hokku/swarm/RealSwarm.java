package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.Engine;
import hokku.api.EngineAddress;
import hokku.api.Global;
import hokku.core.docker.DockerEngine;
import hokku.swarm.registry.Published;
import hokku.testkit.SwarmLab;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The scheduler on a real swarm with a registry on its manager, as an instance of its own, which must be empty in the end.
final class RealSwarm implements AutoCloseable {
    static final String IMAGE = "busybox:latest";
    static final List<String> SERVING = List.of("sh", "-c", "echo ready; httpd -p 5000; exec sleep 86400");

    private final DockerEngine engine;
    private final SwarmParts parts;
    private final Published image;
    private final SwarmScheduler scheduler;

    RealSwarm(SwarmLab lab) throws IOException {
        this(lab, EngineAddress.of(lab.manager().socket().toString()));
    }

    /// @param manager how the manager is reached
    RealSwarm(SwarmLab lab, EngineAddress manager) throws IOException {
        engine = new DockerEngine(manager, "test-" + UUID.randomUUID());
        image = LabRegistry.publish(lab, IMAGE);
        SwarmEngine swarm = new SwarmEngine(() -> engine);
        Reachability reachability = Reachability.byGossip();
        Cluster cluster = new Cluster(swarm, reachability);
        parts = new SwarmParts(swarm, cluster, new Services(swarm, cluster), new SwarmNetworks(swarm), (app, release, id, out) -> image,
                TaskLogs.of(swarm, cluster));
        OneOffs oneOffs = new OneOffs(parts, name -> App.create(name, AppId.random(), Instant.now(), Global.EMPTY));
        scheduler = new SwarmScheduler(parts, oneOffs, new Watches(swarm, cluster, reachability));
    }

    SwarmScheduler scheduler() {
        return scheduler;
    }

    /// Where every node gets it.
    String image() {
        return image.reference();
    }

    SwarmParts parts() {
        return parts;
    }

    @Override
    public void close() throws IOException {
        List<String> services = engine.client().listServicesCmd().withLabelFilter(Map.of(Engine.INSTANCE_LABEL, engine.instance())).exec().stream()
                .map(service -> service.getSpec().getName()).toList();
        List<String> networks = engine.client().listNetworksCmd().withFilter("label", List.of(Engine.INSTANCE_LABEL + "=" + engine.instance())).exec()
                .stream().map(network -> network.getName()).toList();
        engine.close();
        assertThat(services).isEmpty();
        assertThat(networks).isEmpty();
    }
}
