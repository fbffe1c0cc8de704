package hokku.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hokku.e2e.Running;
import hokku.e2e.Sources;
import hokku.e2e.TestServer;
import hokku.e2e.Web;
import hokku.e2e.WorkTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/// A server with a thousand apps, each with twenty releases, variables, domains, a repository and its file for nginx. Twenty of them
/// run, the others are stopped.
///
/// One app is made by the server itself, with its commands and a push; the others are copies of what the server wrote for it, under
/// names and ids of their own.
final class ManyApps implements AutoCloseable {
    static final int APPS = 1000;
    static final int RUNNING = 20;
    static final int RELEASES = 20;
    static final String PAGE = "a page";
    private static final int VARIABLES = 12;
    private static final String FIRST = "app-0000";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TestServer server;

    private ManyApps(TestServer server) {
        this.server = server;
    }

    static ManyApps start() throws IOException, InterruptedException {
        ManyApps many = new ManyApps(TestServer.start());
        try {
            many.fill();
            return many;
        } catch (IOException | InterruptedException | RuntimeException | Error failed) {
            many.close();
            throw failed;
        }
    }

    TestServer server() {
        return server;
    }

    /// The name of one of them; the first ones run.
    static String name(int app) {
        return "app-%04d".formatted(app);
    }

    /// The plugin's folder that nginx is started with.
    Path nginx() {
        return server.home().resolve("plugins-data/nginx-vhosts");
    }

    private void fill() throws IOException, InterruptedException {
        server.dokku("apps:create", FIRST);
        List<String> variables = new ArrayList<>(List.of("config:set", FIRST));
        for (int variable = 0; variable < VARIABLES; variable++) {
            variables.add("VARIABLE_" + variable + "=https://user:secret@service-" + variable + "." + FIRST + ".internal:5432/name");
        }
        server.dokku(variables.toArray(String[]::new));
        server.dokku("domains:add", FIRST, FIRST + ".example.com", "www." + FIRST + ".example.com");
        server.dokku("nginx:set", FIRST, "client-max-body-size", "10m");
        WorkTree tree = server.repository(FIRST);
        tree.commit(Sources.page(PAGE));
        Running.Result pushed = tree.push();
        assertThat(pushed.exit()).as(pushed.text()).isZero();
        server.stop();
        releases(FIRST);
        for (int app = 1; app < APPS; app++) {
            copy(name(app), app >= RUNNING);
        }
        server.launchAndSettle();
        await("the apps run").atMost(Duration.ofSeconds(60)).until(() -> Stream.iterate(0, app -> app + 1).limit(RUNNING)
                .allMatch(app -> server.web().get(server.domain(name(app)), "/").equals(new Web.Answer(200, PAGE))));
        assertThat(Running.demand("/usr/sbin/nginx", "-T", "-p", nginx() + "/", "-c", nginx().resolve("nginx.conf").toString()).lines()
                .filter(line -> line.startsWith("server {"))).as("server blocks of apps").hasSize(APPS);
    }

    private Path folder(String app) {
        return server.home().resolve("apps").resolve(app);
    }

    /// As many releases as there shall be, each like the one that the server made.
    private void releases(String app) throws IOException {
        Path journal = folder(app).resolve("releases.jsonl");
        List<String> first = Files.readAllLines(journal);
        List<String> all = new ArrayList<>();
        for (int release = 1; release <= RELEASES; release++) {
            for (String line : first) {
                ObjectNode json = (ObjectNode) JSON.readTree(line);
                json.put("number", release);
                if (json.has("deployment") && release < RELEASES) {
                    json.put("deployment", "r" + release + "-00000000");
                }
                all.add(json.toString());
            }
        }
        Files.write(journal, all);
    }

    private void copy(String app, boolean stopped) throws IOException {
        Path from = folder(FIRST);
        Path to = Files.createDirectories(folder(app));
        ObjectNode desired = (ObjectNode) JSON.readTree(Files.readString(from.resolve("desired.json")).replace(FIRST, app));
        String former = desired.get("id").asText();
        String id = "%016x".formatted(ThreadLocalRandom.current().nextLong());
        desired.put("id", id).put("stopped", stopped);
        Files.writeString(to.resolve("desired.json"), desired.toPrettyString());
        String image = "/" + FIRST + ":";
        Files.writeString(to.resolve("releases.jsonl"), Files.readString(from.resolve("releases.jsonl"))
                .replace(image, "\0").replace(FIRST, app).replace("\0", image));
        link(from.resolve("repo.git"), to.resolve("repo.git"));
        Files.writeString(nginx().resolve("apps").resolve(app + ".conf"),
                Files.readString(nginx().resolve("apps").resolve(FIRST + ".conf")).replace(FIRST, app).replace(former, id));
    }

    /// Objects of a repository never change, so the copies may share them.
    private static void link(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (file.startsWith(from.resolve("objects"))) {
                    Files.createLink(target, file);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            server.abandon();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }
}
