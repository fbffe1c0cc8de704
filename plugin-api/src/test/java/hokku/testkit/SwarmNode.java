package hokku.testkit;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// One machine of a [SwarmLab]: an engine with processes, mounts, a network and data of its own.
///
/// What it does to itself is done when the method returns. One thread at a time may change a node.
public final class SwarmNode {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final byte[] PING = "GET /_ping HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int LOG_SHOWN = 2000;

    private final SwarmLab lab;
    private final LabNetwork network;
    private final int number;
    private final Path folder;
    private boolean attached;
    private boolean connected;
    private boolean running;

    SwarmNode(SwarmLab lab, LabFolder place, int number) {
        this.lab = lab;
        this.network = place.network();
        this.number = number;
        this.folder = place.node(number);
    }

    /// Counted from 1, which is the manager.
    public int number() {
        return number;
    }

    /// What the swarm calls it: `node1`, `node2` and so on.
    public String name() {
        return "node" + number;
    }

    /// Its IPv4 address, which it keeps. This machine and all nodes reach it.
    public String address() {
        return network.address(number);
    }

    /// Where its engine answers on this machine: `unix://` and a path.
    public URI socket() {
        return URI.create("unix://" + socketFile());
    }

    private Path socketFile() {
        return folder.resolve("docker.sock");
    }

    /// The name of its network namespace, as `ip netns` lists it. While the node is killed there is none.
    public String namespace() {
        return network.namespace(number);
    }

    /// What docker's own program prints when it runs against this node.
    ///
    /// @param words all after the name of the program, such as `service`, `ls`
    /// @throws IOException when it fails, with what it said
    public String docker(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("docker", "-H", socket().toString()));
        command.addAll(List.of(words));
        return Program.demand(command);
    }

    /// Copies an image of this machine's own engine to this node, unless it is there.
    public void load(String image) throws IOException {
        String wanted = lab.images().id(image);
        if (!docker("images", "--no-trunc", "--quiet", "--filter", "reference=" + image).contains(wanted)) {
            docker("load", "--quiet", "--input", lab.images().file(image).toString());
        }
    }

    /// Ends it at once and for the others without a word, as a machine that loses its power: engine, containers, network.
    /// What was on its disk stays.
    public void kill() throws IOException {
        disappear();
        lab.removeGroup(this);
    }

    private void disappear() throws IOException {
        if (connected) {
            network.cut(number);
            connected = false;
        }
        LabProcesses.kill(List.of(program()));
        running = false;
        Files.deleteIfExists(socketFile());
        if (attached) {
            network.detach(number);
            attached = false;
        }
    }

    /// Brings a killed node back. Returns when the swarm calls it ready, or, if its manager is away, when the engine answers.
    public void start() throws IOException {
        launch();
        lab.awaitReturn(this);
    }

    /// Ends the engine alone, and with it its containers, as it does when it is asked to end. The network stays.
    public void stopEngine() throws IOException {
        LabProcesses.end(program());
        running = false;
    }

    /// Starts the engine again. Returns when [#start] would.
    public void startEngine() throws IOException {
        start();
    }

    /// From now on no packet gets from or to it. What runs there goes on; its socket on this machine answers.
    public void cutNetwork() throws IOException {
        network.cut(number);
        connected = false;
    }

    /// Ends [#cutNetwork]. Returns when the swarm calls it ready.
    public void restoreNetwork() throws IOException {
        network.mend(number);
        connected = true;
        lab.awaitReturn(this);
    }

    /// Waits until the swarm calls it ready.
    public void awaitReady() {
        // A manager that has not missed it yet calls it ready while it still comes back.
        await(name() + " to be active").atMost(PATIENCE).dontCatchUncaughtExceptions().pollDelay(Duration.ZERO).pollInterval(POLL)
                .until(() -> docker("info", "--format", "{{.Swarm.LocalNodeState}}").strip(), "active"::equals);
        awaitStatus("Ready");
    }

    /// Waits until the swarm has noticed that it is lost.
    public void awaitDown() {
        awaitStatus("Down");
    }

    /// Also while the managers have no majority: nobody can tell then.
    private void awaitStatus(String wanted) {
        await(name() + " to be called " + wanted).atMost(PATIENCE).ignoreException(IOException.class).dontCatchUncaughtExceptions().pollDelay(Duration.ZERO).pollInterval(POLL)
                .until(() -> lab.manager().docker("node", "ls", "--format", "{{.Hostname}} {{.Status}}").lines().toList(),
                        nodes -> nodes.contains(name() + " " + wanted));
    }

    /// Whether the others can know of it: its engine runs, and its network is whole.
    boolean isPresent() {
        return running && connected;
    }

    /// Makes of it what it was at first, whatever a test did to it.
    void mend() throws IOException {
        if (attached && !connected) {
            network.mend(number);
            connected = true;
        }
        if (!running) {
            launch();
        }
    }

    /// Starts what does not run of the network and the engine. Returns when the engine answers.
    void launch() throws IOException {
        lab.make(() -> {
            if (!attached) {
                network.attach(number);
                attached = true;
                connected = true;
            }
            Files.createDirectories(folder);
            install();
            awaitAnswer(new ProcessBuilder(words()).redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile())).start());
            running = true;
        });
    }

    private void awaitAnswer(Process process) throws IOException {
        await("the engine of " + name() + " answers").atMost(PATIENCE).dontCatchUncaughtExceptions().pollDelay(Duration.ZERO).pollInterval(POLL)
                .until(() -> answers() || !process.isAlive());
        if (!process.isAlive()) {
            throw new IOException("the engine of " + name() + " has ended: " + lastWords());
        }
    }

    private void install() throws IOException {
        if (Files.exists(program())) {
            return;
        }
        try (InputStream script = SwarmNode.class.getResourceAsStream("swarm-node")) {
            Files.copy(script, program());
        }
    }

    private Path program() {
        return LabProcesses.program(folder);
    }

    private Path log() {
        return folder.resolve("log");
    }

    private String lastWords() throws IOException {
        String log = Files.readString(log());
        return log.substring(Math.max(0, log.length() - LOG_SHOWN));
    }

    /// Not by `ip netns exec`: that one shows the engine a /sys without groups of processes.
    private List<String> words() {
        List<String> words = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace(), "unshare", "--mount", "--uts", "--ipc", "--pid",
                "--fork", "--kill-child", "--mount-proc", "bash", program().toString(), folder.toString(), name(), "dockerd",
                "--data-root", folder.resolve("data").toString(), "--exec-root", folder.resolve("run").toString(),
                "--pidfile", folder.resolve("run/docker.pid").toString(), "--host", socket().toString(),
                // The other way of grouping asks the machine's systemd, which knows nothing of this engine.
                "--exec-opt", "native.cgroupdriver=cgroupfs", "--cgroup-parent", "/" + group()));
        words.addAll(lab.engineOptions(this));
        return words;
    }

    String group() {
        return network.bridge() + "/" + number;
    }

    private boolean answers() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socketFile()));
            channel.write(ByteBuffer.wrap(PING));
            ByteBuffer answer = ByteBuffer.allocate(256);
            while (answer.hasRemaining() && channel.read(answer) >= 0) {
                // Until all is said.
            }
            return new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1).contains(" 200 ");
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public String toString() {
        return name() + " (" + address() + ")";
    }
}
