package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hokku.testkit.SwarmLab;
import hokku.testkit.SwarmNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// An installation on the first machine of a swarm, which is its only manager, with its apps on all of them.
///
/// What is seen of the swarm is asked of its engines, not of the installation. Closing it fails if anything is left on any of them.
final class SwarmServer implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String REGISTRY = "e2e-registry";
    private static final Pattern FIELD = Pattern.compile("\"status-([a-z]+)-([0-9]+)\"\\s*:\\s*\"([^\"]+)\"");
    private static final Pattern STATUS = Pattern.compile("([a-z]+)(?: \\(CID: [^,)]+(?:, ([^)]*))?\\))?");

    private final SwarmLab lab;
    private final TestServer server;

    private SwarmServer(SwarmLab lab, TestServer server) {
        this.lab = lab;
        this.server = server;
    }

    /// With a registry that nobody but the lab provides, without TLS.
    static SwarmServer start(SwarmLab lab) throws IOException, InterruptedException {
        SwarmNode manager = lab.manager();
        if (manager.docker("ps", "--all", "--quiet", "--filter", "name=" + REGISTRY).isBlank()) {
            manager.load("registry:2");
            manager.docker("run", "--detach", "--name", REGISTRY, "--publish", "5000:5000", "--restart", "always", "registry:2");
        }
        SwarmServer started = startWithOwnRegistry(lab);
        started.server.dokku("registry:set", "--global", "server", manager.address() + ":5000");
        return started;
    }

    /// With the registry that the installation has of its own.
    static SwarmServer startWithOwnRegistry(SwarmLab lab) throws IOException, InterruptedException {
        SwarmNode manager = lab.manager();
        return new SwarmServer(lab, TestServer.start(new TestServer.Place(manager.address(), List.of("nsenter", "--net=/run/netns/" + manager.namespace()),
                new Docker(manager.socket().toString()))));
    }

    TestServer server() {
        return server;
    }

    /// A new app on the swarm with some containers of its process web, and its first release.
    WorkTree deployed(String app, int containers, String release) throws IOException, InterruptedException {
        server.dokku("apps:create", app);
        server.dokku("scheduler:set", app, "selected", "swarm");
        server.dokku("ps:scale", app, "web=" + containers);
        WorkTree tree = server.repository(app);
        push(tree, SwarmApp.source(release));
        return tree;
    }

    static Running.Result push(WorkTree tree, Map<String, String> files) throws IOException, InterruptedException {
        tree.commit(files);
        Running.Result pushed = tree.push();
        assertThat(pushed.exit()).as(pushed.text()).isZero();
        return pushed;
    }

    SwarmApp.Page page(String app) {
        return SwarmApp.Page.of(server.get(app));
    }

    /// Which container answers, asked so often that each of a few is met.
    Set<SwarmApp.Page> pages(String app) {
        Set<SwarmApp.Page> pages = new LinkedHashSet<>();
        for (int i = 0; i < 60; i++) {
            pages.add(page(app));
        }
        return pages;
    }

    /// The names of the machines that answer.
    Set<String> answering(String app) throws IOException {
        Set<String> nodes = new LinkedHashSet<>();
        for (SwarmApp.Page page : pages(app)) {
            nodes.add(nodeOf(page.host()));
        }
        return nodes;
    }

    /// The machine that a container runs on, by its host name.
    String nodeOf(String host) throws IOException {
        for (SwarmNode node : lab.nodes()) {
            if (node.docker("ps", "--quiet").lines().anyMatch(host::equals)) {
                return node.name();
            }
        }
        throw new AssertionError("no machine runs " + host);
    }

    /// What the installation says of a container.
    ///
    /// @param node empty when it says none
    record Status(String dyno, String state, String node) {}

    /// All of an app. Of one place there may be several: one that is lost, and the one that is there instead.
    List<Status> report(String app) throws IOException, InterruptedException {
        List<Status> report = new ArrayList<>();
        Matcher field = FIELD.matcher(server.dokku("ps:report", app, "--format", "json"));
        while (field.find()) {
            for (String text : field.group(3).split("; ")) {
                Matcher status = STATUS.matcher(text);
                assertThat(status.matches()).as(text).isTrue();
                report.add(new Status(field.group(1) + "." + field.group(2), status.group(1), Objects.requireNonNullElse(status.group(2), "")));
            }
        }
        return report;
    }

    /// The deployments that the swarm has services of.
    List<String> services(String app) throws IOException {
        return ofServices(app, "inspect", "--format", "{{index .Spec.Labels \"hokku.deploy\"}}");
    }

    /// The machines of the tasks of an app that run, each as often as it has one.
    List<String> running(String app) throws IOException {
        return ofServices(app, "ps", "--filter", "desired-state=running", "--format", "{{.Node}} {{.CurrentState}}").stream()
                .filter(line -> line.contains(" Running ")).map(line -> line.split(" ")[0]).sorted().toList();
    }

    /// The lines that docker prints about each service of an app.
    private List<String> ofServices(String app, String... words) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String service : lab.manager().docker("service", "ls", "--quiet", "--filter", mark(), "--filter", "label=hokku.app=" + app).lines().toList()) {
            List<String> command = new ArrayList<>(List.of("docker", "-H", lab.manager().socket().toString(), "service"));
            command.addAll(List.of(words));
            command.add(service);
            Running.Result result = run(command);
            // A service may end between two questions.
            assertThat(result.exit() == 0 || result.err().contains("no such service")).as(result.text()).isTrue();
            result.out().lines().filter(line -> !line.isBlank()).forEach(lines::add);
        }
        return lines;
    }

    private static Running.Result run(List<String> command) throws IOException {
        try {
            return Running.run(command, new byte[0]);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IOException(ended);
        }
    }

    /// The containers of an app that run, on all machines.
    List<String> containers(String app) throws IOException {
        List<String> containers = new ArrayList<>();
        for (SwarmNode node : lab.nodes()) {
            node.docker("ps", "--quiet", "--filter", "label=hokku.app=" + app).lines().forEach(container -> containers.add(node.name() + " " + container));
        }
        return containers;
    }

    private String mark() {
        return "label=" + Docker.INSTANCE + "=" + server.instance();
    }

    /// From now on containers of [SwarmApp#checked] find this machine unfit.
    ///
    /// @return ends that
    AutoCloseable makeUnfit(SwarmNode node) throws IOException {
        String container = node.docker("run", "--detach", "--network", "host", "busybox:latest", "sh", "-c",
                "mkdir /www; touch /www/unfit; exec httpd -f -p " + SwarmApp.UNFIT_PORT + " -h /www").strip();
        return () -> node.docker("rm", "--force", container);
    }

    @Override
    public void close() throws IOException {
        server.close();
        await("nothing is left in the swarm").atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(left()).isEmpty());
    }

    private List<String> left() throws IOException {
        List<String> left = new ArrayList<>();
        lab.manager().docker("service", "ls", "--filter", mark(), "--format", "service {{.Name}}").lines().forEach(left::add);
        lab.manager().docker("network", "ls", "--filter", mark(), "--format", "network {{.Name}}").lines().forEach(left::add);
        for (SwarmNode node : lab.nodes()) {
            node.docker("ps", "--all", "--filter", "label=hokku.app", "--format", "container {{.Names}} on " + node.name()).lines().forEach(left::add);
        }
        return left.stream().filter(each -> !each.isBlank()).collect(Collectors.toList());
    }
}
