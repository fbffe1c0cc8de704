package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.testkit.SwarmLab;
import hokku.testkit.SwarmNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The swarm that the other tests use: it works, loses nodes as a real one does, and leaves nothing behind.
class SwarmLabIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final SwarmLab.Options OPTIONS = SwarmLab.Options.nodes(3).heartbeat(Duration.ofSeconds(1)).images("busybox:latest");

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    @Test
    void aNodeIsLostAndComesBackAndInTheEndNothingIsLeft() throws Exception {
        Remains remains;
        try (SwarmLab lab = SwarmLab.start(OPTIONS)) {
            remains = Remains.of(lab);
            assertThat(nodes(lab)).containsExactly("node1 Ready Leader", "node2 Ready ", "node3 Ready ");
            serve(lab);
            lab.nodes().forEach(node -> awaitAnswer(lab, node));
            SwarmNode lost = lab.node(2);
            // What does not see that there is something would not see either that something is left.
            assertThat(kinds(remains.ofNode(2))).containsAll(Remains.OF_A_NODE);

            lost.kill();

            assertThat(remains.ofNode(2)).isEmpty();
            assertThatThrownBy(() -> get(lost)).isInstanceOf(IOException.class);
            lost.awaitDown();
            assertThat(nodes(lab)).containsExactly("node1 Ready Leader", "node2 Down ", "node3 Ready ");
            assertThat(get(lab.node(3))).isEqualTo(lab.id() + "-node3");

            lost.start();

            assertThat(nodes(lab)).containsExactly("node1 Ready Leader", "node2 Ready ", "node3 Ready ");
            awaitAnswer(lab, lost);
            assertThat(kinds(remains.find())).containsAll(Remains.OF_A_LAB);
        }
        assertThat(remains.find()).isEmpty();
    }

    @Test
    void theManagersEngineComesBackAfterItWasStoppedAndAfterItsMachineWasLost() throws Exception {
        try (SwarmLab lab = SwarmLab.start(OPTIONS)) {
            serve(lab);
            lab.nodes().forEach(node -> awaitAnswer(lab, node));

            lab.manager().stopEngine();

            assertThat(get(lab.node(2))).isEqualTo(lab.id() + "-node2");
            assertThatThrownBy(() -> lab.manager().docker("node", "ls")).isInstanceOf(IOException.class).hasMessageContaining("docker.sock");
            lab.manager().startEngine();
            assertThat(nodes(lab)).containsExactly("node1 Ready Leader", "node2 Ready ", "node3 Ready ");
            awaitAnswer(lab, lab.manager());

            lab.manager().kill();
            lab.manager().start();

            assertThat(nodes(lab)).containsExactly("node1 Ready Leader", "node2 Ready ", "node3 Ready ");
            awaitAnswer(lab, lab.manager());
        }
    }

    @Test
    void aNodeThatIsCutOffGoesOnByItself() throws Exception {
        try (SwarmLab lab = SwarmLab.start(OPTIONS)) {
            serve(lab);
            SwarmNode lonely = lab.node(3);
            awaitAnswer(lab, lonely);

            lonely.cutNetwork();

            lonely.awaitDown();
            assertThatThrownBy(() -> get(lonely)).isInstanceOf(IOException.class);
            assertThat(lonely.docker("ps", "--quiet").lines()).hasSize(1);
            lonely.restoreNetwork();
            awaitAnswer(lab, lonely);
        }
    }

    @Test
    void twoLabsHaveNothingInCommon() throws Exception {
        try (SwarmLab one = SwarmLab.start(1)) {
            Remains remains;
            try (SwarmLab other = SwarmLab.start(SwarmLab.Options.nodes(2).tls(true).insecureRegistry(true))) {
                remains = Remains.of(other);
                assertThat(List.of(one.id(), one.folder(), one.subnet())).doesNotContain(other.id(), other.folder(), other.subnet());
                assertThat(insecure(one.manager())).doesNotContain(one.subnet());
                assertThat(insecure(other.manager())).contains(other.subnet());
                assertThat(insecure(other.node(2))).contains(other.subnet());
                assertThat(version(other, other.clientCertificates())).isZero();
                assertThat(version(other, other.folder())).as("without a certificate").isNotZero();
                assertThatThrownBy(one::tlsHost).isInstanceOf(IllegalStateException.class);
            }
            assertThat(remains.find()).isEmpty();
            assertThat(nodes(one)).containsExactly("node1 Ready Leader");
            assertThatThrownBy(() -> one.load("no-such-image:ever")).isInstanceOf(IOException.class).hasMessageContaining("no-such-image:ever");
        }
    }

    @Test
    void aJvmThatEndsTakesItsLabAlong() throws Exception {
        Process owner = owner();
        Remains remains = remains(owner);
        assertThat(remains.find()).isNotEmpty();

        owner.destroy();

        assertThat(owner.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(remains.find()).isEmpty();
    }

    @Test
    void theLabOfAKilledJvmIsRemovedByTheNextThatStarts() throws Exception {
        Process killed = owner();
        Remains dead = remains(killed);
        Process living = owner();
        Remains alive = remains(living);
        killed.destroyForcibly().waitFor();
        assertThat(kinds(dead.find())).containsAll(List.of("namespace", "link", "rule", "process", "mount", "file"));

        try (SwarmLab next = SwarmLab.start(1)) {
            assertThat(dead.find()).isEmpty();
            assertThat(kinds(alive.find())).containsAll(List.of("namespace", "link", "rule", "process", "mount", "file"));
            assertThat(nodes(next)).containsExactly("node1 Ready Leader");
        } finally {
            living.destroy();
            living.waitFor();
        }
        assertThat(alive.find()).isEmpty();
    }

    /// On every node, at a port of the node itself.
    private static void serve(SwarmLab lab) throws IOException {
        lab.manager().docker("service", "create", "--detach", "--no-resolve-image", "--name", "web", "--mode", "global", "--endpoint-mode", "dnsrr",
                "--publish", "mode=host,target=5000,published=8080", "--stop-signal", "KILL", "--env", "PLACE=" + lab.id() + "-{{.Node.Hostname}}",
                "busybox:latest", "sh", "-c", "echo -n $PLACE >/tmp/index.html; exec httpd -f -p 5000 -h /tmp");
    }

    private void awaitAnswer(SwarmLab lab, SwarmNode node) {
        await(node + " answers").atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> get(node), (lab.id() + "-" + node.name())::equals);
    }

    private String get(SwarmNode node) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create("http://" + node.address() + ":8080/")).timeout(Duration.ofSeconds(5)).build(),
                HttpResponse.BodyHandlers.ofString()).body();
    }

    private static List<String> nodes(SwarmLab lab) throws IOException {
        return lab.manager().docker("node", "ls", "--format", "{{.Hostname}} {{.Status}} {{.ManagerStatus}}").lines().sorted().toList();
    }

    private static String insecure(SwarmNode node) throws IOException {
        return node.docker("info", "--format", "{{json .RegistryConfig.InsecureRegistryCIDRs}}");
    }

    private static int version(SwarmLab lab, Path certificates) throws IOException, InterruptedException {
        return new ProcessBuilder("docker", "-H", lab.tlsHost().toString(), "--tlsverify",
                "--tlscacert", lab.clientCertificates().resolve("ca.pem").toString(), "--tlscert", certificates.resolve("cert.pem").toString(),
                "--tlskey", certificates.resolve("key.pem").toString(), "version").redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }

    private static List<String> kinds(List<String> remains) {
        return remains.stream().map(each -> each.split(" ")[0]).distinct().toList();
    }

    private static Process owner() throws IOException {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System.getProperty("java.class.path"),
                LabOwner.class.getName()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /// Returns when its lab runs.
    private static Remains remains(Process owner) throws IOException {
        BufferedReader out = owner.inputReader();
        String[] words = out.readLine().split(" ");
        return new Remains(words[0], Path.of(words[1]));
    }
}
