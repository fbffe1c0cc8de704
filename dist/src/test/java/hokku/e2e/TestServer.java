package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hokku.testkit.FreePort;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The packed program as a process of its own, with its own home, instance, ports and nginx.
///
/// Closing it destroys the apps through the server, and fails if anything of its instance is left after that.
public final class TestServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final String READY = "answers ssh on port";
    private static final String SETTLED = "Every app was compared with what runs";

    /// Where a server runs.
    ///
    /// @param address where it is reached from here
    /// @param prefix the words before its command that bring it there
    public record Place(String address, List<String> prefix, Docker engine) {
        static final Place HERE = new Place("127.0.0.1", List.of(), Docker.SHARED);
    }

    private final Place place;
    private final Path work;
    private final Path home;
    private final Path log;
    private final String instance;
    private final int sshPort;
    private final int httpPort;
    private Process process;
    private long settledBefore;

    private TestServer(Place place, Path work, Path home) throws IOException {
        this.place = place;
        this.work = work;
        this.home = home;
        this.instance = "e2e-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        this.log = Files.createDirectories(Path.of("target", "e2e")).resolve(instance + ".log").toAbsolutePath();
        this.sshPort = freePort();
        this.httpPort = freePort();
    }

    public static TestServer start() throws IOException, InterruptedException {
        return start(Place.HERE);
    }

    public static TestServer start(Place place) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("hokku-e2e");
        return start(place, work, Files.createDirectory(work.resolve("home")));
    }

    /// @param home an empty folder
    static TestServer start(Place place, Path work, Path home) throws IOException, InterruptedException {
        TestServer server = new TestServer(place, work, home);
        try {
            server.prepare();
            server.launch("");
            server.dokku("proxy:set", "--global", "proxy-port", String.valueOf(server.httpPort));
        } catch (IOException | InterruptedException | RuntimeException | Error failed) {
            server.end();
            throw failed;
        }
        return server;
    }

    private void prepare() throws IOException, InterruptedException {
        Running.demand("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "admin", "-f", key().toString());
        Files.writeString(home.resolve("authorized_keys"), "name=\"admin\",access=\"admin\" " + Files.readString(work.resolve("key.pub")));
        Files.setPosixFilePermissions(home.resolve("authorized_keys"), PosixFilePermissions.fromString("rw-------"));
        Files.writeString(home.resolve("instance"), instance + "\n");
    }

    /// The folder of the packed program.
    static Path program() {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            return files.filter(file -> Files.isExecutable(file.resolve("bin/hokku"))).findFirst().orElseThrow(() ->
                    new AssertionError("There is no packed program in target: the phase package makes it")).toAbsolutePath();
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    /// Starts the process, and returns when ssh answers.
    ///
    /// @param fault the point of a deploy at which it ends itself; empty for none
    void launch(String fault) throws IOException {
        long former = begin(fault);
        await("the server is ready, see " + log).atMost(PATIENCE).pollInterval(Duration.ofMillis(20))
                .until(() -> Files.exists(log) && logged(READY) > former || !process.isAlive());
        assertThat(process.isAlive()).as("the server runs, see %s", log).isTrue();
    }

    /// Starts the process, and returns as soon as everything was compared with what runs.
    ///
    /// @return how long that took
    public Duration launchAndSettle() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        begin("");
        while (logged(SETTLED) <= settledBefore || !isAnswering()) {
            if (!process.isAlive() || System.nanoTime() - begun > PATIENCE.toNanos()) {
                throw new AssertionError("The server does not get ready, see " + log);
            }
            Thread.sleep(5);
        }
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private boolean isAnswering() {
        try (Socket socket = new Socket(place.address(), sshPort)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            return new String(socket.getInputStream().readNBytes(8), StandardCharsets.US_ASCII).equals("SSH-2.0-");
        } catch (IOException refused) {
            return false;
        }
    }

    /// @return how often it was ready before
    private long begin(String fault) throws IOException {
        List<String> command = new ArrayList<>(place.prefix());
        command.addAll(List.of(program().resolve("bin/hokku").toString(), "run"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(Map.of("HOKKU_CONF", "/dev/null", "HOKKU_HOME", home.toString(), "HOKKU_SSH_PORT", String.valueOf(sshPort),
                "HOKKU_ADVERTISED_ADDRESS", place.address(), "DOCKER_HOST", place.engine().host(), "HOKKU_FAULT", fault));
        builder.environment().keySet().removeAll(List.of("HOKKU_NGINX_USER", "HOKKU_PLUGINS"));
        long former = Files.exists(log) ? logged(READY) : 0;
        settledBefore = Files.exists(log) ? logged(SETTLED) : 0;
        process = builder.start();
        return former;
    }

    /// Ends it as the kernel would: at once.
    void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitEnd();
    }

    /// Waits until the process has ended by itself.
    void awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("the server has ended, see %s", log).isTrue();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /// Waits until everything was compared with what runs, after a start.
    public void awaitSettled() {
        await("the server has compared what runs, see " + log).atMost(PATIENCE).pollInterval(Duration.ofMillis(50))
                .until(() -> logged(SETTLED) > settledBefore);
    }

    /// How often the server has logged a text.
    long logged(String text) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(text)).count();
        }
    }

    public Path home() {
        return home;
    }

    public Path work() {
        return work;
    }

    public String instance() {
        return instance;
    }

    public Docker engine() {
        return place.engine();
    }

    public int httpPort() {
        return httpPort;
    }

    private Path key() {
        return work.resolve("key");
    }

    // --- what clients do ---

    public String sshCommand() {
        return String.join(" ", sshWords());
    }

    private List<String> sshWords() {
        return List.of("ssh", "-F", "/dev/null", "-i", key().toString(), "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
                "-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR", "-o",
                "UserKnownHostsFile=" + work.resolve("known_hosts"));
    }

    /// The words of a command over ssh.
    public List<String> words(String... command) {
        List<String> words = new ArrayList<>(sshWords());
        words.addAll(List.of("-p", String.valueOf(sshPort), "dokku@" + place.address()));
        words.addAll(List.of(command));
        return words;
    }

    /// A command over ssh, however it ends.
    Running.Result ssh(String... command) throws IOException, InterruptedException {
        return Running.run(words(command), new byte[0]);
    }

    Running.Result ssh(byte[] input, String... command) throws IOException, InterruptedException {
        return Running.run(words(command), input);
    }

    /// A command over ssh that goes on meanwhile.
    Running background(String... command) throws IOException {
        return Running.start(words(command), Map.of(), Path.of("."));
    }

    /// What a command over ssh prints when it ends well.
    public String dokku(String... command) throws IOException, InterruptedException {
        Running.Result result = ssh(command);
        assertThat(result.exit()).as("%s: %s", String.join(" ", command), result.text()).isZero();
        return result.out();
    }

    /// The form of remote that the installer prints for another port than 22.
    String remote(String app) {
        return "ssh://dokku@" + place.address() + ":" + sshPort + "/" + app;
    }

    /// A new repository whose remote is an app.
    public WorkTree repository(String app) throws IOException, InterruptedException {
        return WorkTree.init(Files.createTempDirectory(work, "tree"), remote(app), sshCommand());
    }

    /// An app whose first release answers with a page.
    WorkTree deployed(String app, String page) throws IOException, InterruptedException {
        WorkTree tree = repository(app);
        tree.commit(Sources.page(page));
        Running.Result pushed = tree.push();
        assertThat(pushed.exit()).as(pushed.text()).isZero();
        assertThat(get(app)).isEqualTo(new Web.Answer(200, page));
        return tree;
    }

    public String domain(String app) {
        return app + "." + place.address() + ".sslip.io";
    }

    public Web web() {
        return new Web(place.address(), httpPort);
    }

    Web.Answer get(String app) {
        return web().get(domain(app), "/");
    }

    Watch watch(String app) {
        return new Watch(web(), domain(app));
    }

    // --- the end ---

    /// Ends it with everything that it made, without destroying its apps one by one.
    public void abandon() throws IOException, InterruptedException {
        end();
    }

    @Override
    public void close() throws IOException {
        try {
            destroyAndEnd();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while the server was ended", ended);
        }
    }

    private void destroyAndEnd() throws IOException, InterruptedException {
        List<String> left = new ArrayList<>();
        try {
            if (process.isAlive()) {
                destroyApps();
                stop();
                left.addAll(leaks());
            }
        } finally {
            end();
        }
        assertThat(left).as("what the server left behind, see %s", log).isEmpty();
    }

    void destroyApps() throws IOException, InterruptedException {
        // That there is none is told as an error.
        for (String app : ssh("apps:list", "--quiet").out().lines().map(String::strip).filter(line -> line.matches("[a-z0-9-]+")).toList()) {
            dokku("apps:destroy", app, "--force");
        }
    }

    /// Ends it as a service manager would.
    public void stop() throws InterruptedException {
        process.destroy();
        awaitEnd();
    }

    /// What is left when there is no app any more.
    List<String> leaks() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        List<String> left = place.engine().owned(instance);
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            left = place.engine().owned(instance);
        }
        return left;
    }

    /// Whatever happened: nothing of it stays on the machine.
    private void end() throws IOException, InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
        endNginx();
        place.engine().remove(instance);
        deleteTree(work);
    }

    private void endNginx() throws IOException {
        Path pid = home.resolve("plugins-data/nginx-vhosts/run/nginx.pid");
        if (Files.exists(pid)) {
            String text = Files.readString(pid).strip();
            if (text.matches("[0-9]+") && Files.exists(Path.of("/proc", text))
                    && new String(Files.readAllBytes(Path.of("/proc", text, "cmdline"))).contains(home.toString())) {
                ProcessHandle.of(Long.parseLong(text)).ifPresent(nginx -> {
                    nginx.destroy();
                    await("nginx ends").atMost(PATIENCE).until(() -> !nginx.isAlive());
                });
            }
        }
    }

    static void deleteTree(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        }
    }

    public static int freePort() throws IOException {
        return FreePort.find();
    }
}
