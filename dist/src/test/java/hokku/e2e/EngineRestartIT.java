package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The engine is killed and comes back, and its containers have other addresses then.
class EngineRestartIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> APPS = List.of("alpha", "beta");

    @Test
    void containersThatComeBackWithAnotherAddressAreFollowed() throws Exception {
        try (PrivateEngine engine = PrivateEngine.start(); TestServer server = TestServer.start(engine.place())) {
            Map<String, WorkTree> trees = new TreeMap<>();
            List<String> squatters = new ArrayList<>();
            for (String app : APPS) {
                trees.put(app, server.deployed(app, app + " zero"));
                squatters.add(squat(server, app));
                trees.get(app).commit(Sources.page(app + " one"));
                assertThat(trees.get(app).push().exit()).isZero();
            }
            server.dokku("ps:scale", "beta", "web=2");
            Map<String, String> before = addresses(server);
            // What they and the former releases held is free now, and the next containers get it.
            for (String squatter : squatters) {
                engine.docker().run("rm", "-f", squatter);
            }

            engine.kill();
            Running.Result refused = server.ssh("ps:restart", "alpha");
            assertThat(refused.exit()).isNotZero();
            assertThat(refused.err()).contains(" !  ").doesNotContain("log id");
            assertThat(server.dokku("apps:list")).contains("alpha", "beta");
            engine.launch();

            for (String app : APPS) {
                await(app + " answers again").atMost(PATIENCE).untilAsserted(() -> assertThat(server.get(app)).isEqualTo(new Web.Answer(200, app + " one")));
            }
            await("all containers are back").atMost(PATIENCE).untilAsserted(() -> assertThat(addresses(server)).hasSameSizeAs(before));
            Map<String, String> after = addresses(server);
            System.out.println("addresses before the engine's restart: " + before);
            System.out.println("addresses after it:                    " + after);
            assertThat(after).as("the restart gave other addresses").isNotEqualTo(before);
            for (String app : APPS) {
                try (Watch watch = server.watch(app)) {
                    trees.get(app).commit(Sources.page(app + " two"));
                    Running.Result pushed = trees.get(app).push();
                    assertThat(pushed.exit()).as(pushed.text()).isZero();
                    watch.sawOnly(app + " one", app + " two");
                }
                assertThat(server.get(app)).isEqualTo(new Web.Answer(200, app + " two"));
            }
        }
    }

    @Test
    void aServerThatStartsBeforeItsEngineAnswersAndCatchesUp() throws Exception {
        try (PrivateEngine engine = PrivateEngine.start(); TestServer server = TestServer.start(engine.place())) {
            WorkTree tree = server.deployed("alpha", "one");
            server.kill();
            engine.kill();
            server.launch("");
            assertThat(server.dokku("apps:list")).contains("alpha");
            tree.commit(Sources.page("two"));
            Running.Result pushed = tree.push();
            assertThat(pushed.exit()).isNotZero();
            assertThat(pushed.err()).contains("! [remote rejected] master -> master").doesNotContain("log id");

            engine.launch();

            await("the app answers again").atMost(PATIENCE).untilAsserted(() -> assertThat(server.get("alpha")).isEqualTo(new Web.Answer(200, "one")));
            server.awaitSettled();
            pushed = tree.push();
            assertThat(pushed.exit()).as(pushed.text()).isZero();
            assertThat(server.get("alpha")).isEqualTo(new Web.Answer(200, "two"));
        }
    }

    /// Takes the next address of the app's network.
    private static String squat(TestServer server, String app) throws IOException, InterruptedException {
        String network = server.engine().run("network", "ls", "-q", "--filter", "label=hokku.app=" + app).strip();
        String name = "squatter-" + app;
        server.engine().run("run", "-d", "--name", name, "--label", Docker.INSTANCE + "=" + server.instance(), "--network", network,
                "busybox:latest", "sleep", "600");
        return name;
    }

    /// The address of every container of the installation that runs.
    private static Map<String, String> addresses(TestServer server) throws IOException, InterruptedException {
        Map<String, String> addresses = new TreeMap<>();
        for (String container : server.engine().containers(server.instance())) {
            String name = container.split(" ")[0];
            if (container.contains(" running ") && !name.startsWith("squatter")) {
                addresses.put(name, server.engine().run("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", name).strip());
            }
        }
        return addresses;
    }
}
