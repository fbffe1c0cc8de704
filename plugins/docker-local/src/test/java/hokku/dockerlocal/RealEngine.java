package hokku.dockerlocal;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Network;
import hokku.api.Engine;
import hokku.api.spi.Scheduler;
import hokku.core.docker.DockerEngine;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// The engine of this machine, with an instance of its own, which must be empty in the end.
final class RealEngine implements AutoCloseable {
    static final String IMAGE = "busybox:latest";
    static final List<String> SERVING = List.of("sh", "-c", "echo ready; exec httpd -f -p 5000");

    private final DockerEngine engine;
    private final AppNetworks networks;
    private final Containers containers;
    private final DockerLocalScheduler scheduler;

    RealEngine() {
        this(URI.create("unix:///var/run/docker.sock"));
    }

    RealEngine(URI host) {
        engine = new DockerEngine(host, "test-" + UUID.randomUUID());
        networks = new AppNetworks(engine, () -> Subnet.of("10.214.0.0/16"));
        containers = new Containers(engine);
        scheduler = new DockerLocalScheduler(engine, containers, networks);
    }

    Scheduler scheduler() {
        return scheduler;
    }

    DockerEngine engine() {
        return engine;
    }

    AppNetworks networks() {
        return networks;
    }

    Containers containers() {
        return containers;
    }

    @Override
    public void close() throws IOException {
        Map<String, String> ours = Map.of(Engine.INSTANCE_LABEL, engine.instance());
        List<Container> left = engine.client().listContainersCmd().withShowAll(true).withLabelFilter(ours).exec();
        left.forEach(container -> engine.client().removeContainerCmd(container.getId()).withForce(true).exec());
        List<Network> networksLeft = engine.client().listNetworksCmd()
                .withFilter("label", List.of(Engine.INSTANCE_LABEL + "=" + engine.instance())).exec();
        networksLeft.forEach(network -> engine.client().removeNetworkCmd(network.getId()).exec());
        engine.close();
        assertThat(left).isEmpty();
        assertThat(networksLeft).isEmpty();
    }
}
