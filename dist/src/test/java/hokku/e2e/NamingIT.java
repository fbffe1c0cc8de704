package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Apps get other names and copies while they serve, and also when the server is killed in the middle of that.
class NamingIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static List<String> images(TestServer server) throws IOException, InterruptedException {
        return server.engine().run("images", "--filter", "reference=hokku-" + server.instance() + "/*", "--format", "{{.Repository}}:{{.Tag}}").lines()
                .map(name -> name.substring(name.indexOf('/') + 1)).sorted().toList();
    }

    private static String keptDomain() {
        return "kept.127.0.0.1.sslip.io";
    }

    @Test
    void aRenamedAppIsServedThroughoutAndPushedToUnderItsNewName() throws Exception {
        try (TestServer server = TestServer.start()) {
            WorkTree tree = server.deployed("before", "first");
            server.dokku("domains:add", "before", keptDomain());
            server.dokku("config:set", "--no-restart", "before", "COLOUR=blue");
            try (Watch watch = new Watch(server.web(), keptDomain())) {
                server.dokku("apps:rename", "--skip-deploy", "before", "between");
                assertThat(server.engine().containers(server.instance())).hasSize(1).allMatch(each -> each.startsWith("before.web.1."));
                server.dokku("apps:rename", "between", "after");
                watch.sawOnly("first");
            }
            await("the former containers are gone").atMost(PATIENCE).untilAsserted(() ->
                    assertThat(server.engine().containers(server.instance())).hasSize(1).allMatch(each -> each.startsWith("after.web.1.")));
            assertThat(images(server)).containsExactly("after:1");
            assertThat(server.get("after")).isEqualTo(new Web.Answer(200, "first"));
            assertThat(server.get("before").status()).isNotEqualTo(200);
            assertThat(server.dokku("nginx:access-logs", "after", "-n", "1000").lines().count()).isGreaterThan(10);
            assertThat(server.dokku("apps:list", "--quiet").strip()).isEqualTo("after");

            tree.git("remote", "set-url", "dokku", server.remote("after"));
            assertThat(tree.remote("master")).isNotEmpty();
            tree.commit(Sources.page("second"));
            Running.Result pushed = tree.push();
            assertThat(pushed.exit()).as(pushed.text()).isZero();
            assertThat(server.get("after")).isEqualTo(new Web.Answer(200, "second"));
            assertThat(server.dokku("config:get", "after", "COLOUR").strip()).isEqualTo("blue");
            server.dokku("releases:rollback", "after");
            assertThat(server.get("after")).isEqualTo(new Web.Answer(200, "first"));
        }
    }

    @Test
    void aLockedAppIsNotPushedToAlsoAfterARestartOfTheServer() throws Exception {
        try (TestServer server = TestServer.start()) {
            WorkTree tree = server.deployed("locked", "first");
            assertThat(server.dokku("apps:lock", "locked")).isEqualTo("-----> Deploy lock created\n");
            server.kill();
            server.launch("");
            tree.commit(Sources.page("second"));
            Running.Result refused = tree.push();
            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.text()).contains("locked currently has a deploy lock in place. Exiting...",
                    "Run 'apps:unlock' to release the existing deploy lock");
            assertThat(server.ssh("ps:rebuild", "locked").exit()).isEqualTo(1);
            server.dokku("config:set", "locked", "COLOUR=blue");
            assertThat(server.web().get(server.domain("locked"), "/env").body()).contains("COLOUR=blue");
            assertThat(server.dokku("config:bundle", "locked")).startsWith("COLOUR\0").contains("\0blue\0");
            server.dokku("apps:unlock", "locked");
            assertThat(tree.push().exit()).isZero();
            assertThat(server.get("locked")).isEqualTo(new Web.Answer(200, "second"));
            assertThat(server.dokku("events:list", "locked")).contains("git-receive-pack locked (exit 1,", "config:set locked COLOUR (exit 0,")
                    .doesNotContain("blue");
        }
    }

    @Test
    void aRenameIsFinishedOrTakenBackAfterAKill() throws Exception {
        try (TestServer server = TestServer.start()) {
            server.deployed("name0", "first");
            server.dokku("domains:add", "name0", keptDomain());
            String name = "name0";
            List<String> points = List.of("RENAMING", "RENAMED", "REROUTED", "");
            server.kill();
            server.launch(points.getFirst());
            server.awaitSettled();
            for (String point : points.subList(0, points.size() - 1)) {
                String wanted = "name-" + point.toLowerCase(java.util.Locale.ROOT);
                try (Watch watch = new Watch(server.web(), keptDomain())) {
                    assertThat(server.ssh("apps:rename", name, wanted).exit()).isNotZero();
                    server.awaitEnd();
                    server.launch(points.get(points.indexOf(point) + 1));
                    server.awaitSettled();
                    name = point.equals("RENAMING") ? name : wanted;
                    assertThat(server.dokku("apps:list", "--quiet").strip()).as("after %s", point).isEqualTo(name);
                    assertThat(server.get(name)).as("after %s", point).isEqualTo(new Web.Answer(200, "first"));
                    watch.sawOnly("first");
                }
                assertThat(images(server)).as("after %s", point).containsExactly(name + ":1");
                assertThat(server.engine().containers(server.instance())).hasSize(1);
                assertThat(Path.of(server.home().toString(), "apps", name, "renaming.json")).doesNotExist();
                System.out.printf("%-10s %s%n", point, name);
            }
        }
    }

    @Test
    void aCloneRunsBesideTheOriginalOrIsNoneAfterAKill() throws Exception {
        try (TestServer server = TestServer.start()) {
            WorkTree tree = server.deployed("original", "first");
            server.dokku("config:set", "original", "COLOUR=blue");
            try (Watch watch = server.watch("original")) {
                server.dokku("apps:clone", "original", "copy");
                watch.sawOnly("first");
            }
            assertThat(server.get("copy")).isEqualTo(new Web.Answer(200, "first"));
            assertThat(server.web().get(server.domain("copy"), "/env").body()).contains("COLOUR=blue");
            assertThat(images(server)).containsExactly("copy:1", "original:1");
            tree.git("remote", "set-url", "dokku", server.remote("copy"));
            tree.commit(Sources.page("second"));
            assertThat(tree.push().exit()).isZero();
            assertThat(server.get("copy")).isEqualTo(new Web.Answer(200, "second"));
            assertThat(server.get("original")).isEqualTo(new Web.Answer(200, "first"));
            List<String> points = List.of("CLONING", "CLONED", "");
            server.kill();
            server.launch(points.getFirst());
            server.awaitSettled();
            for (String point : points.subList(0, points.size() - 1)) {
                assertThat(server.ssh("apps:clone", "original", "late").exit()).isNotZero();
                server.awaitEnd();
                server.launch(points.get(points.indexOf(point) + 1));
                server.awaitSettled();
                boolean there = point.equals("CLONED");
                assertThat(server.ssh("apps:exists", "late").exit() == 0).as("after %s", point).isEqualTo(there);
                assertThat(images(server).contains("late:1")).as("after %s", point).isEqualTo(there);
                Path copies = server.home().resolve("run/copies");
                try (var left = Files.list(copies)) {
                    assertThat(left).isEmpty();
                }
                System.out.printf("%-10s %s%n", point, there ? "stopped copy" : "no copy");
            }
            server.dokku("ps:start", "late");
            assertThat(server.get("late")).isEqualTo(new Web.Answer(200, "first"));
        }
    }
}
