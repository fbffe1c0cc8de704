package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Each bundled buildpack with its sample, from a real push to an answer; and what apps made of source code have besides.
class SamplesIT {
    @RegisterExtension
    static final BuildpackServer SHARED = new BuildpackServer();

    private static final Path SAMPLES = Path.of("samples").toAbsolutePath();
    /// What each sample says.
    private static final SortedMap<String, List<String>> PAGES = new TreeMap<>(Map.of(
            "go", List.of("<h1>Hello Hokku</h1>", "This is Go: go1.", "with chi"),
            "java", List.of("<h1>Hello from Java</h1>", "Gson"),
            "nodejs", List.of("<h1>Hello from Node.js</h1>", "with Express", "NODE_ENV=production"),
            "php", List.of("<h1>Hello from PHP</h1>", "fpm-fcgi"),
            "procfile", List.of("<h1>Hello from a Procfile</h1>"),
            "python", List.of("<h1>Hello Hokku</h1>", "This is Python: 3.", "with Bottle"),
            "ruby", List.of("<h1>Hello from Ruby</h1>", "greeting"),
            "static", List.of("<h1>Hello")));
    /// A proxy that is not there: who downloads anything fails.
    private static final String NO_NETWORK = "http://127.0.0.1:9";
    private static final String ACCEPTS = "/accepts";

    /// The pushes of the samples, which were begun together.
    private static final Map<String, Running> PUSHES = new HashMap<>();
    private static final Map<String, WorkTree> TREES = new HashMap<>();
    private static TestServer server;

    @BeforeAll
    static void pushTheSamples() throws Exception {
        server = SHARED.server();
        for (String name : bundled()) {
            if (Files.isDirectory(SAMPLES.resolve(name))) {
                WorkTree tree = sample(name, name);
                TREES.put(name, tree);
                PUSHES.put(name, tree.start("push", "dokku", "HEAD:master"));
            }
        }
    }

    private static WorkTree sample(String name, String app) throws IOException, InterruptedException {
        WorkTree tree = server.repository(app);
        Path from = SAMPLES.resolve(name);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = tree.folder().resolve(from.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.copy(file, to, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        tree.commit(Map.of());
        return tree;
    }

    /// What makes each buildpack in the shipped jar accept a source, by its name.
    private static SortedMap<String, String> wants() throws IOException {
        SortedMap<String, String> found = new TreeMap<>();
        try (Stream<Path> files = Files.list(TestServer.program().resolve("plugins"));
                JarFile jar = new JarFile(files.filter(file -> file.getFileName().toString().startsWith("buildstep-")).findFirst().orElseThrow().toFile())) {
            for (String path : jar.stream().map(java.util.zip.ZipEntry::getName).filter(each -> each.endsWith(ACCEPTS)).toList()) {
                try (InputStream in = jar.getInputStream(jar.getEntry(path))) {
                    String first = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().findFirst().orElseThrow();
                    found.put(Path.of(path).getParent().getFileName().toString(), first.replaceFirst("^#\\s*", ""));
                }
            }
        }
        return found;
    }

    static Set<String> bundled() throws IOException {
        return wants().keySet();
    }

    @Test
    void everyBundledBuildpackHasASampleAndEverySampleItsTest() throws Exception {
        SortedSet<String> samples;
        try (Stream<Path> folders = Files.list(SAMPLES)) {
            samples = folders.map(Path::getFileName).map(Path::toString).collect(Collectors.toCollection(TreeSet::new));
        }
        samples.remove("hello");

        assertThat(bundled()).isEqualTo(PAGES.keySet());
        assertThat(samples).isEqualTo(PAGES.keySet());
    }

    @ParameterizedTest
    @MethodSource("bundled")
    void aSampleThatIsPushedAnswers(String name) throws Exception {
        assertThat(PUSHES).as("the samples in %s", SAMPLES).containsKey(name);

        Running.Result pushed = PUSHES.get(name).end(BuildpackServer.PATIENCE);

        assertThat(pushed.exit()).as(pushed.text()).isZero();
        assertThat(pushed.err()).contains("remote: -----> Building " + name + " from buildstep", "app detected", "Discovering process types",
                "remote: =====> Application deployed:");
        Web.Answer answer = server.get(name);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains(PAGES.get(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nodejs", "python"})
    void aSecondPushDownloadsNoDependency(String name) throws Exception {
        Running.Result first = PUSHES.get(name).end(BuildpackServer.PATIENCE);
        assertThat(first.exit()).as(first.text()).isZero();
        assertThat(first.err()).doesNotContain("Using the packages of the last build");
        WorkTree tree = TREES.get(name);
        Path program = tree.folder().resolve(name.equals("nodejs") ? "server.js" : "app.py");
        Files.writeString(program, Files.readString(program).replace("<h1>Hello", "<h1>Once more: hello"));
        tree.commit(Map.of());
        withoutNetwork(name);

        Running.Result second = SHARED.accepted(tree);

        assertThat(second.err()).contains("Using the packages of the last build").doesNotContainIgnoringCase("download").doesNotContain("Preparing the stack");
        assertThat(server.get(name).body()).contains("<h1>Once more: hello");
    }

    /// So that the test of a second push tells something.
    @ParameterizedTest
    @ValueSource(strings = {"nodejs", "python"})
    void aFirstPushDownloadsDependencies(String name) throws Exception {
        String app = name + "-offline";
        server.dokku("apps:create", app);
        withoutNetwork(app);
        server.dokku("config:set", app, "NPM_CONFIG_FETCH_RETRIES=0", "PIP_RETRIES=0");

        BuildpackServer.refused(sample(name, app).start("push", "dokku", "HEAD:master").end(BuildpackServer.PATIENCE), "in bin/compile");
    }

    private static void withoutNetwork(String app) throws IOException, InterruptedException {
        server.dokku("config:set", app, "HTTPS_PROXY=" + NO_NETWORK, "HTTP_PROXY=" + NO_NETWORK, "https_proxy=" + NO_NETWORK, "http_proxy=" + NO_NETWORK);
    }

    @Test
    void commandsRunInTheEnvironmentThatProfilesMake() throws Exception {
        Map<String, String> files = new TreeMap<>(Sources.program("one"));
        files.put(".profile.d/colour.sh", "export COLOUR=${COLOUR:-blue} SHADE=\"dark $COLOUR\"\n");
        SHARED.deployed("profiled", files);

        assertThat(server.web().get(server.domain("profiled"), "/env").body()).contains("COLOUR=blue", "HOME=/app");
        assertThat(server.dokku("run", "profiled", "printenv", "COLOUR").strip()).isEqualTo("blue");
        assertThat(server.dokku("run", "profiled", "cat", "page").strip()).isEqualTo("one");
        assertThat(server.dokku("run", "profiled", "id", "-u").strip()).isEqualTo("32767");
        assertThat(server.ssh("run", "profiled", "sh", "-c", "'exit 42'").exit()).isEqualTo(42);
        server.dokku("config:set", "profiled", "COLOUR=red");
        assertThat(server.dokku("run", "profiled", "printenv", "SHADE").strip()).isEqualTo("dark red");
        assertThat(server.web().get(server.domain("profiled"), "/env").body()).contains("SHADE=dark red");
    }

    @Test
    void aSecondProcessTypeIsScaledAndAReleaseBroughtBack() throws Exception {
        Map<String, String> files = new TreeMap<>(Sources.program("one"));
        files.put("Procfile", "web: perl serve\nworker: echo \"working on $(cat page)\"; exec sleep 1000\n");
        WorkTree tree = SHARED.deployed("scaled", files);
        assertThat(containers("scaled.worker.")).isEmpty();

        server.dokku("ps:scale", "scaled", "worker=2");

        assertThat(containers("scaled.worker.")).hasSize(2).allMatch(each -> each.contains(" running "));
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(server.dokku("logs", "scaled")).contains("working on one"));
        tree.commit(Map.of("page", "two"));
        SHARED.accepted(tree);
        assertThat(server.get("scaled")).isEqualTo(new Web.Answer(200, "two"));

        server.dokku("releases:rollback", "scaled", "1");

        assertThat(server.get("scaled")).isEqualTo(new Web.Answer(200, "one"));
        server.dokku("ps:scale", "scaled", "worker=0");
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(containers("scaled.worker.")).isEmpty());
    }

    private static List<String> containers(String prefix) throws IOException, InterruptedException {
        return server.engine().containers(server.instance()).stream().filter(each -> each.startsWith(prefix)).toList();
    }

    @Test
    void aSourceThatNoBuildpackTakesIsToldWhatEachLooksFor() throws Exception {
        WorkTree tree = server.repository("nothing");
        tree.commit(Map.of("README.md", "# Nothing that could be run\n"));

        Running.Result pushed = tree.push();

        BuildpackServer.refused(pushed, "No builder knows how to build this", "Dockerfile");
        for (Map.Entry<String, String> each : wants().entrySet()) {
            assertThat(pushed.err()).contains(each.getValue() + " (" + each.getKey() + ")");
        }
        server.dokku("builder:set", "nothing", "selected", "buildstep");
        BuildpackServer.refused(tree.push(), "No buildpack takes this source", wants().get("nodejs") + " (nodejs)", "buildpacks:set nothing <buildpack>");
    }
}
