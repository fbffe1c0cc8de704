package hokku.bench;

import static org.awaitility.Awaitility.await;

import hokku.e2e.Docker;
import hokku.e2e.Sources;
import hokku.e2e.TestServer;
import hokku.e2e.WorkTree;
import hokku.testkit.SwarmLab;
import hokku.testkit.SwarmNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A swarm of three engines with a registry between them, the packed program on the first one, and an app of it that runs on all three.
final class Cluster implements AutoCloseable {
    static final int NODES = 3;
    static final String APP = "tiny";
    private static final int REGISTRY_PORT = 5000;
    private static final String REGISTRY_IMAGE = "registry:2";
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration POLL = Duration.ofMillis(100);

    private final SwarmLab lab;
    private final TestServer server;
    private final SwarmByHand byHand;
    private final WorkTree tree;

    private Cluster(SwarmLab lab, TestServer server) throws IOException, InterruptedException {
        this.lab = lab;
        this.server = server;
        this.byHand = new SwarmByHand(this, server.work().resolve("by-hand"));
        this.tree = server.repository(APP);
    }

    static Cluster start() throws IOException, InterruptedException {
        SwarmLab lab = SwarmLab.start(SwarmLab.Options.nodes(NODES).insecureRegistry(true).images("busybox:latest"));
        try {
            SwarmNode manager = lab.manager();
            manager.load(REGISTRY_IMAGE);
            manager.docker("run", "--detach", "--name", "registry", "--publish", REGISTRY_PORT + ":5000", REGISTRY_IMAGE);
            return start(lab, TestServer.start(new TestServer.Place(manager.address(),
                    List.of("nsenter", "--net=/run/netns/" + manager.namespace()), new Docker(manager.socket().toString()))));
        } catch (IOException | InterruptedException | RuntimeException | Error failed) {
            lab.close();
            throw failed;
        }
    }

    private static Cluster start(SwarmLab lab, TestServer server) throws IOException, InterruptedException {
        try {
            Cluster cluster = new Cluster(lab, server);
            cluster.deploy();
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException | Error failed) {
            server.abandon();
            throw failed;
        }
    }

    private void deploy() throws IOException, InterruptedException {
        server.dokku("registry:set", "--global", "server", registry());
        server.dokku("apps:create", APP);
        server.dokku("scheduler:set", APP, "selected", "swarm");
        server.dokku("ps:scale", APP, "web=" + NODES);
        tree.commit(Sources.page("first"));
        Deploys.push(tree, new Stages());
        byHand.deploy("first", NODES, new Stages());
    }

    TestServer server() {
        return server;
    }

    SwarmByHand byHand() {
        return byHand;
    }

    /// The repository of the app.
    WorkTree tree() {
        return tree;
    }

    Docker engine() {
        return server.engine();
    }

    String registry() {
        return lab.manager().address() + ":" + REGISTRY_PORT;
    }

    /// @param node as the swarm calls it
    String address(String node) {
        return lab.nodes().stream().filter(one -> one.name().equals(node)).findFirst()
                .orElseThrow(() -> new AssertionError("no node " + node)).address();
    }

    /// Waits until there are as many containers with a label on all nodes, so that nothing which ends meets what is measured next.
    void awaitContainers(String label, int count) {
        await(count + " containers with the label " + label).atMost(PATIENCE).pollInterval(POLL).until(() -> containers(label).size() == count);
    }

    private List<String> containers(String label) throws IOException {
        List<String> containers = new ArrayList<>();
        for (SwarmNode node : lab.nodes()) {
            containers.addAll(node.docker("ps", "--all", "--quiet", "--filter", "label=" + label).lines().filter(line -> !line.isBlank()).toList());
        }
        return containers;
    }

    /// With the lab goes all that is in its engines: images, and what was made by hand.
    @Override
    public void close() throws IOException {
        try (lab) {
            try (server) {
                byHand.close();
            }
        }
    }
}
