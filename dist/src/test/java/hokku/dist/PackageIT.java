package hokku.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What people install, unpacked as they do it, and run as a process of its own.
class PackageIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path unpacked;

    @TempDir
    private Path work;

    private final List<Process> processes = new ArrayList<>();

    @BeforeAll
    static void unpack() throws Exception {
        assertThat(run("tar", "-xzf", archive().toString(), "-C", unpacked.toString(), "--strip-components=1")).isEmpty();
    }

    @AfterEach
    void endWhatRuns() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void theServerAnswersWithEveryShippedPluginAndEndsOnRequest() throws Exception {
        Process server = start(work.resolve("home"));
        String listing = dokku(portOf(server, work.resolve("home")), "plugin:list");

        assertThat(shippedPlugins()).isNotEmpty().allSatisfy(
                plugin -> assertThat(listing).containsPattern("(?m)^\\s*" + Pattern.quote(plugin) + "\\s.*enabled"));

        server.destroy();
        assertThat(server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(work.resolve("home/run/ready")).doesNotExist();
    }

    @Test
    void aSecondServerOnTheSameHomeIsRefused() throws Exception {
        Path home = work.resolve("home");
        Process first = start(home);
        portOf(first, home);

        Process second = start(home);
        assertThat(second.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isNotZero();
        assertThat(first.isAlive()).isTrue();
        assertThat(home.resolve("run/ready")).exists();
    }

    @Test
    void aPluginCompilesAgainstTheJarsOfThePackage() throws Exception {
        Path source = Files.writeString(work.resolve("Quiet.java"), """
                import hokku.api.Contributions;
                import hokku.api.Plugin;
                import hokku.api.PluginContext;

                public final class Quiet implements Plugin {
                    @Override
                    public void contribute(PluginContext context, Contributions to) {}
                }
                """);

        run(Path.of(System.getProperty("java.home"), "bin/javac").toString(), "-cp", unpacked.resolve("lib") + "/*", "-d", work.toString(),
                source.toString());

        assertThat(work.resolve("Quiet.class")).exists();
    }

    @Test
    void aCacheOfClassesThatIsOfNoUseCostsOnlyTime() throws Exception {
        Path cache = Files.writeString(unpacked.resolve("hokku.aot"), "the cache of another build");
        try {
            Process server = start(work.resolve("home"));
            assertThat(portOf(server, work.resolve("home"))).isPositive();
        } finally {
            Files.delete(cache);
        }
    }

    /// The runtime is cut anew as well.
    @Test
    void packingTheSameJarsAgainElsewhereGivesTheSameBytes() throws Exception {
        Path packed = Path.of("target").resolve(archive().getFileName().toString().replace(".tar.gz", ""));
        for (String jars : List.of("lib", "plugins")) {
            Tree.copy(packed.resolve(jars), work.resolve("again/jars").resolve(jars));
        }
        String version = packed.getFileName().toString().replace("hokku-", "");

        new Pack(Path.of("").toAbsolutePath(), work.resolve("again"), version).run();

        assertThat(work.resolve("again").resolve(archive().getFileName())).hasSameBinaryContentAs(archive());
        assertThat(work.resolve("again").resolve(debianPackage().getFileName())).hasSameBinaryContentAs(debianPackage());
    }

    @Test
    void theUnitsAreRight() throws Exception {
        List<String> words = new ArrayList<>(List.of("systemd-analyze", "verify"));
        for (String unit : List.of("hokku.service", "hokku-nginx.service")) {
            String text = Files.readString(unpacked.resolve("systemd").resolve(unit));
            // The program of a unit must be there to be found right.
            words.add(Files.writeString(work.resolve(unit),
                    text.replace("@HOME@", "/var/lib/hokku").replace("/opt/hokku/", unpacked + "/")).toString());
        }

        assertThat(run(words.toArray(String[]::new))).isEmpty();
    }

    /// The client for buckets is large: whoever uses none pays neither time nor memory for it.
    @Test
    void nothingOfTheClientForBucketsIsLoadedBeforeABucketIsUsed() throws Exception {
        Path classes = work.resolve("classes");
        Process server = start(work.resolve("home"), Map.of("HOKKU_JAVA_OPTIONS", "-Xlog:class+load:file=" + classes));
        dokku(portOf(server, work.resolve("home")), "backups:report");
        server.destroy();
        assertThat(server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readAllLines(classes)).anyMatch(line -> line.contains(" hokku.core.datastore.backup.Backups "))
                .noneMatch(line -> line.contains(" software.amazon.awssdk."));
    }

    @Test
    void whatOnlyTestsNeedIsNotShipped() throws IOException {
        try (Stream<Path> jars = Files.list(unpacked.resolve("lib"))) {
            assertThat(jars.map(jar -> jar.getFileName().toString())).contains("picocli-4.7.7.jar")
                    .noneMatch(name -> name.matches("(s3proxy|jimfs|jetty|netty|opentelemetry|junit|assertj|awaitility|archunit).*"));
        }
    }

    @Test
    void noJarOfTheServerIsSigned() throws IOException {
        try (Stream<Path> jars = Files.list(unpacked.resolve("lib"))) {
            assertThat(jars).isNotEmpty().noneMatch(PackageIT::isSigned);
        }
    }

    private static boolean isSigned(Path jar) {
        try {
            return SignedJar.isSigned(jar);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static List<String> shippedPlugins() throws IOException {
        try (Stream<Path> jars = Files.list(unpacked.resolve("plugins"))) {
            return jars.map(jar -> jar.getFileName().toString().replaceFirst("-[0-9.]+\\.jar$", "")).sorted().toList();
        }
    }

    private Process start(Path home) throws IOException {
        return start(home, Map.of());
    }

    private Process start(Path home, Map<String, String> environment) throws IOException {
        ProcessBuilder server = new ProcessBuilder(unpacked.resolve("bin/hokku").toString(), "run");
        server.environment().putAll(Map.of("HOKKU_CONF", "/dev/null", "HOKKU_HOME", home.toString(), "HOKKU_SSH_PORT", "0",
                "HOKKU_SSH_ADDRESS", "127.0.0.1", "DOCKER_HOST", "unix://" + work.resolve("no-engine.sock")));
        server.environment().putAll(environment);
        Process process = server.redirectErrorStream(true).redirectOutput(work.resolve("server-" + processes.size() + ".log").toFile()).start();
        processes.add(process);
        return process;
    }

    private static int portOf(Process server, Path home) throws IOException {
        await().atMost(PATIENCE).until(() -> Files.exists(home.resolve("run/ready")) || !server.isAlive());
        Matcher port = Pattern.compile("\"sshPort\"\\s*:\\s*(\\d+)").matcher(Files.readString(home.resolve("run/ready")));
        assertThat(port.find()).isTrue();
        return Integer.parseInt(port.group(1));
    }

    private String dokku(int port, String command) throws Exception {
        Path key = work.resolve("key");
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
        Path keys = work.resolve("home/authorized_keys");
        Files.writeString(keys, "name=\"test\",access=\"admin\" " + Files.readString(work.resolve("key.pub")));
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
        return run("ssh", "-F", "none", "-i", key.toString(), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
                "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-p", String.valueOf(port),
                "dokku@127.0.0.1", command);
    }

    /// What a program prints, when it ends well.
    private static String run(String... words) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", String.join(" ", words), said).isZero();
        return said;
    }

    private static Path debianPackage() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            return files.filter(file -> file.getFileName().toString().matches("hokku_.*\\.deb")).findFirst().orElseThrow();
        }
    }

    private static Path archive() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            return files.filter(file -> file.getFileName().toString().matches("hokku-[0-9].*\\.tar\\.gz")).findFirst().orElseThrow();
        }
    }
}
