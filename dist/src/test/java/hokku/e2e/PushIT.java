package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The road that everybody takes: push, look, change, push again, go back.
class PushIT {
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start();
    }

    @AfterAll
    static void end() throws Exception {
        server.close();
    }

    @Test
    void aNewRepositoryPushedToThePrintedRemoteAnswersOnItsDomain() throws Exception {
        WorkTree tree = server.repository("hello");
        String commit = tree.commit(Sources.page("one"));

        Running.Result pushed = tree.push();

        assertThat(pushed.exit()).as(pushed.text()).isZero();
        String url = "http://" + server.domain("hello") + ":" + server.httpPort();
        assertThat(pushed.err()).contains("remote: -----> Building hello from dockerfile", "remote: =====> Application deployed:",
                "remote:        " + url);
        assertThat(server.dokku("url", "hello").strip()).isEqualTo(url);
        assertThat(server.get("hello")).isEqualTo(new Web.Answer(200, "one"));
        assertThat(tree.remote("master")).isEqualTo(commit);
        assertThat(server.web().get("nobody.example.com", "/").status()).isEqualTo(404);
    }

    @Test
    void aCloneGivesBackWhatWasPushed() throws Exception {
        WorkTree tree = server.deployed("cloned", "one");
        Path copy = server.work().resolve("copy");

        tree.git("clone", "-q", server.remote("cloned"), copy.toString());

        assertThat(copy.resolve("page")).hasContent("one");
        assertThat(new WorkTree(copy, tree.environment()).git("rev-parse", "HEAD")).isEqualTo(tree.git("rev-parse", "HEAD"));
    }

    @Test
    void aCommitPushedWhileItsParentIsBuiltGoesLiveAfterIt() throws Exception {
        WorkTree tree = server.repository("chain");
        tree.commit(Sources.page("one", "sleep 4"));
        Running first = tree.start("push", "dokku", "HEAD:master").said("Building chain");
        String child = tree.commit(Sources.page("two"));
        Running second = tree.start("push", "dokku", "HEAD:master");

        Running.Result firstEnd = first.end();
        Running.Result secondEnd = second.end();

        assertThat(firstEnd.exit()).as(firstEnd.text()).isZero();
        assertThat(secondEnd.exit()).as(secondEnd.text()).isZero();
        assertThat(secondEnd.err()).contains("Waiting for the deploy of");
        assertThat(server.get("chain")).isEqualTo(new Web.Answer(200, "two"));
        assertThat(tree.remote("master")).isEqualTo(child);
    }

    @Test
    void aPushThatFailsIsRejectedWhileTheFormerReleaseAnswersThroughout() throws Exception {
        WorkTree tree = server.deployed("steady", "one");
        String live = tree.git("rev-parse", "HEAD").strip();
        try (Watch watch = server.watch("steady")) {
            tree.commit(Sources.page("two", "echo the step says no; exit 3"));
            rejected(tree, "the step says no");

            tree.commit(withCheck(Sources.page("three"), "\"path\": \"/nowhere\""));
            rejected(tree, "/nowhere");

            tree.commit(withCheck(Sources.page("four"), "\"command\": [\"false\"]"));
            rejected(tree, "check");

            tree.commit(Map.of("app.json", "{\"healthchecks\": {\"web\": [{"));
            rejected(tree, "app.json");

            tree.commit(Map.of("app.json", "{}", "Procfile", "release: echo migrating; exit 4\nweb: httpd -f -p 5000 -h /www\n"));
            rejected(tree, "migrating");

            watch.sawOnly("one");
        }
        assertThat(tree.remote("master")).isEqualTo(live);
        tree.git("reset", "-q", "--hard", live);
        tree.commit(Sources.page("five"));
        assertThat(tree.push().exit()).isZero();
        assertThat(server.get("steady")).isEqualTo(new Web.Answer(200, "five"));
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() ->
                assertThat(server.engine().containers(server.instance())).filteredOn(each -> each.startsWith("steady.")).hasSize(1));
    }

    private static Map<String, String> withCheck(Map<String, String> source, String probe) {
        Map<String, String> files = new java.util.TreeMap<>(source);
        files.put("app.json", "{\"healthchecks\": {\"web\": [{\"type\": \"startup\", %s, \"attempts\": 2, \"wait\": 1}]}}".formatted(probe));
        return files;
    }

    private static void rejected(WorkTree tree, String why) throws IOException, InterruptedException {
        Running.Result pushed = tree.push();
        assertThat(pushed.exit()).as(pushed.text()).isNotZero();
        assertThat(pushed.err()).contains(why).contains("! [remote rejected] master -> master").contains("the former release keeps serving")
                .doesNotContain("internal error");
    }

    @Test
    void onlyTheDeployBranchIsDeployed() throws Exception {
        WorkTree tree = server.deployed("branches", "one");
        tree.git("checkout", "-q", "-b", "feature");
        String feature = tree.commit(Sources.page("two"));

        Running.Result stored = tree.start("push", "dokku", "feature").end();

        assertThat(stored.exit()).as(stored.text()).isZero();
        assertThat(stored.err()).contains("feature was stored, not deployed: the branch that is deployed is master");
        assertThat(tree.remote("feature")).isEqualTo(feature);
        assertThat(server.get("branches")).isEqualTo(new Web.Answer(200, "one"));

        Running.Result other = tree.start("push", "dokku", "feature:main").end();
        assertThat(other.err()).contains("main was stored, not deployed");

        Running.Result removed = tree.start("push", "dokku", ":master").end();
        assertThat(removed.exit()).isNotZero();
        assertThat(removed.err()).contains("! [remote rejected] master", "cannot be deleted");

        server.dokku("git:set", "branches", "deploy-branch", "release");
        assertThat(tree.start("push", "dokku", "feature:release").end().exit()).isZero();
        assertThat(server.get("branches")).isEqualTo(new Web.Answer(200, "two"));
    }

    @Test
    void anotherHistoryIsRefusedBeforeAnyBuildUnlessItIsForced() throws Exception {
        WorkTree tree = server.deployed("rewritten", "one");
        WorkTree other = server.repository("rewritten");
        other.commit(Sources.page("two"));

        Running.Result pushed = other.push();
        assertThat(pushed.exit()).isNotZero();
        assertThat(pushed.text()).doesNotContain("Building");
        assertThat(server.get("rewritten")).isEqualTo(new Web.Answer(200, "one"));

        assertThat(other.start("push", "--force", "dokku", "master").end().exit()).isZero();
        assertThat(server.get("rewritten")).isEqualTo(new Web.Answer(200, "two"));
        assertThat(tree.remote("master")).isEqualTo(other.git("rev-parse", "HEAD").strip());
    }

    @Test
    void aRollbackBringsBackContentAndVariablesAndLeavesDomains() throws Exception {
        WorkTree tree = server.repository("back");
        server.dokku("apps:create", "back");
        server.dokku("config:set", "back", "COLOUR=red");
        tree.commit(Sources.page("one"));
        assertThat(tree.push().exit()).isZero();
        server.dokku("config:set", "back", "COLOUR=blue");
        server.dokku("domains:add", "back", "back.example.com");
        tree.commit(Sources.page("two"));
        assertThat(tree.push().exit()).isZero();
        assertThat(server.get("back").body()).isEqualTo("two");
        assertThat(variables("back")).contains("COLOUR=blue");
        String first = server.dokku("releases:list", "back", "--format", "json");
        assertThat(first).contains("\"live\"");

        long start = System.nanoTime();
        server.dokku("releases:rollback", "back", "1");
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(server.get("back")).isEqualTo(new Web.Answer(200, "one"));
        assertThat(variables("back")).contains("COLOUR=red");
        assertThat(server.dokku("config:get", "back", "COLOUR").strip()).isEqualTo("red");
        assertThat(server.web().get("back.example.com", "/")).isEqualTo(new Web.Answer(200, "one"));
        assertThat(took).as("time of the rollback").isLessThan(Duration.ofSeconds(3));
        System.out.println("rollback: " + took.toMillis() + " ms");
    }

    private static java.util.List<String> variables(String app) {
        return server.web().get(server.domain(app), "/env").body().lines().toList();
    }

    @Test
    void variablesAreVisibleAndValuesSurviveUnchanged() throws Exception {
        server.deployed("env", "one");
        String value = "two words; 'quotes' \"double\" $HOME é\nand a second line";
        String encoded = java.util.Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));

        try (Watch watch = server.watch("env")) {
            server.dokku("config:set", "--encoded", "env", "ODD=" + encoded, "PLAIN=" + java.util.Base64.getEncoder().encodeToString("yes".getBytes(StandardCharsets.UTF_8)));
            watch.sawOnly("one");
        }

        assertThat(server.web().get(server.domain("env"), "/env").body()).contains("ODD=" + value).contains("PLAIN=yes").contains("PORT=5000");
        assertThat(server.dokku("config:get", "env", "ODD")).isEqualTo(value + "\n");
        assertThat(server.dokku("run", "env", "sh", "-c", "'printf %s \"$ODD\"'")).isEqualTo(value);
        server.dokku("config:unset", "env", "ODD");
        assertThat(server.web().get(server.domain("env"), "/env").body()).doesNotContain("ODD=");
    }

    @Test
    void anAppIsScaledStoppedAndStarted() throws Exception {
        server.deployed("many", "one");
        try (Watch watch = server.watch("many")) {
            server.dokku("ps:scale", "many", "web=3");
            assertThat(containers("many")).hasSize(3).allMatch(each -> each.contains(" running "));
            server.dokku("ps:scale", "many", "web=1");
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(containers("many")).hasSize(1));
            server.dokku("ps:restart", "many");
            server.dokku("ps:rebuild", "many");
            watch.sawOnly("one");
        }
        server.dokku("ps:stop", "many");
        assertThat(server.get("many").status()).isEqualTo(502);
        server.dokku("ps:start", "many");
        assertThat(server.get("many")).isEqualTo(new Web.Answer(200, "one"));
        assertThat(server.dokku("ps:report", "many")).contains("running");
    }

    private static java.util.List<String> containers(String app) throws Exception {
        return server.engine().containers(server.instance()).stream().filter(each -> each.startsWith(app + ".")).toList();
    }

    @Test
    void commandsInContainersGetTheirInputAndGiveTheirExitCode() throws Exception {
        server.deployed("tools", "one");
        byte[] input = "some input\n".repeat(20_000).getBytes(StandardCharsets.UTF_8);

        Running.Result counted = server.ssh(input, "run", "tools", "wc", "-c");
        assertThat(counted.exit()).as(counted.text()).isZero();
        assertThat(counted.out().strip()).isEqualTo(String.valueOf(input.length));
        assertThat(server.ssh("run", "tools", "sh", "-c", "'echo to-err >&2; exit 42'")).satisfies(failed -> {
            assertThat(failed.exit()).isEqualTo(42);
            assertThat(failed.err()).contains("to-err");
        });
        assertThat(server.dokku("enter", "tools", "web", "cat", "/www/index.html").strip()).isEqualTo("one");
        assertThat(server.ssh("enter", "tools", "web", "sh", "-c", "'exit 7'").exit()).isEqualTo(7);
        assertThat(server.dokku("logs", "tools")).contains("started").contains("tools[web.1]");
        Running followed = Running.start(server.words("logs", "tools", "-t"), Map.of(), Path.of("."));
        followed.said("started");
        followed.kill();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() ->
                assertThat(containers("tools")).as("one-off containers are gone").hasSize(1));
    }

    @Test
    void aLostClientCancelsItsDeploy() throws Exception {
        WorkTree tree = server.deployed("lost", "one");
        tree.commit(Sources.page("two", "sleep 30"));
        Running push = tree.start("push", "dokku", "master").said("Building lost");
        push.said("sleep 30");
        ProcessHandle.of(push.pid()).stream().flatMap(ProcessHandle::descendants).forEach(ProcessHandle::destroyForcibly);
        push.kill();

        tree.commit(Sources.page("three"));
        Running.Result next = tree.push();

        assertThat(next.exit()).as(next.text()).isZero();
        assertThat(server.get("lost")).isEqualTo(new Web.Answer(200, "three"));
        assertThat(Files.exists(server.home().resolve("apps/lost"))).isTrue();
    }
}
