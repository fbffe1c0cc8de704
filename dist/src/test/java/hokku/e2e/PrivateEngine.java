package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// An engine that a test may kill: in a network namespace of its own, which is reached over a link, with its own data.
final class PrivateEngine implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final int number = ThreadLocalRandom.current().nextInt(1, 250);
    private final String name = "hkt" + number;
    private final Path folder;
    private final Path log;
    private Process process;

    private PrivateEngine(Path folder) throws IOException {
        this.folder = folder;
        this.log = Files.createDirectories(Path.of("target", "e2e")).resolve(folder.getFileName() + ".log").toAbsolutePath();
    }

    static PrivateEngine start() throws IOException, InterruptedException {
        return start(Files.createTempDirectory(Path.of("/var/tmp"), "hokku-engine"));
    }

    /// @param folder where it keeps everything; what it builds goes to the folder `data` in it
    static PrivateEngine start(Path folder) throws IOException, InterruptedException {
        PrivateEngine engine = new PrivateEngine(folder);
        try {
            engine.connect();
            engine.launch();
            engine.copyImage("busybox:latest");
        } catch (IOException | InterruptedException | RuntimeException | Error failed) {
            engine.close();
            throw failed;
        }
        return engine;
    }

    private void connect() throws IOException, InterruptedException {
        Running.demand("ip", "netns", "add", name);
        Running.demand("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name);
        Running.demand("ip", "addr", "add", network(1) + "/24", "dev", name);
        Running.demand("ip", "link", "set", name, "up");
        Running.demand("ip", "-n", name, "addr", "add", network(2) + "/24", "dev", "eth0");
        Running.demand("ip", "-n", name, "link", "set", "eth0", "up");
        Running.demand("ip", "-n", name, "link", "set", "lo", "up");
        Running.demand("ip", "-n", name, "route", "add", "default", "via", network(1));
    }

    private String network(int host) {
        return "10.97." + number + "." + host;
    }

    /// Where a server runs that uses this engine: it must reach the containers' addresses.
    TestServer.Place place() {
        return new TestServer.Place(network(2), List.of("nsenter", "--net=/var/run/netns/" + name), docker());
    }

    Docker docker() {
        return new Docker("unix://" + folder.resolve("docker.sock"));
    }

    /// Starts the process, and returns when it answers.
    void launch() throws IOException {
        // Their numbers may be other processes' by now.
        Files.deleteIfExists(folder.resolve("pid"));
        Files.deleteIfExists(folder.resolve("run/containerd/containerd.pid"));
        // With mounts of its own: two engines must not share /run/docker.
        String script = "mkdir -p /run/docker; mount --make-rprivate /; mount -t tmpfs tmpfs /run/docker; exec dockerd --data-root " + folder.resolve("data")
                + " --exec-root " + folder.resolve("run") + " --pidfile " + folder.resolve("pid") + " -H " + docker().host()
                + " --cgroup-parent /" + name;
        process = new ProcessBuilder("nsenter", "--net=/var/run/netns/" + name, "unshare", "--mount", "sh", "-c", script)
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
        await("the engine answers, see " + log).atMost(PATIENCE).until(() -> answers() || !process.isAlive());
        assertThat(process.isAlive()).as("the engine runs, see %s", log).isTrue();
    }

    private boolean answers() throws IOException, InterruptedException {
        return Running.run(List.of("docker", "-H", docker().host(), "version"), new byte[0]).exit() == 0;
    }

    /// Brings an image of the shared engine there.
    void copyImage(String image) throws IOException, InterruptedException {
        Path file = folder.resolve("image.tar");
        Docker.SHARED.run("save", "-o", file.toString(), image);
        docker().run("load", "-q", "-i", file.toString());
        Files.delete(file);
    }

    /// Ends it at once, and with it everything that runs on it, as when a machine loses its power.
    void kill() throws IOException, InterruptedException {
        process.destroyForcibly().waitFor();
        killRest();
    }

    private void killRest() throws IOException {
        List<ProcessHandle> rest = rest();
        rest.forEach(ProcessHandle::destroyForcibly);
        await("containers and their keepers end").atMost(PATIENCE).until(() -> rest().isEmpty());
    }

    /// The processes of this engine: their command line names its folder, and what runs in containers is theirs.
    private List<ProcessHandle> rest() {
        return ProcessHandle.allProcesses().filter(each -> commandLine(each.pid()).contains(folder.resolve("run").toString()))
                .flatMap(each -> Stream.concat(each.children().filter(child -> child.isAlive()), Stream.of(each)))
                .filter(ProcessHandle::isAlive).distinct().toList();
    }

    private static String commandLine(long pid) {
        try {
            return new String(Files.readAllBytes(Path.of("/proc", String.valueOf(pid), "cmdline")), StandardCharsets.UTF_8);
        } catch (IOException gone) {
            return "";
        }
    }

    @Override
    public void close() throws IOException {
        try {
            if (process != null) {
                process.destroy();
                if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            }
            killRest();
            Running.demand("ip", "netns", "del", name);
            Running.run(List.of("ip", "link", "del", name), new byte[0]);
            TestServer.deleteTree(folder);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IOException(ended);
        }
    }
}
