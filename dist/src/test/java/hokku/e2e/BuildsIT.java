package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What is told of deploys, and how they are ended, through the real ssh and git.
class BuildsIT {
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
    void aPushIsListedAndToldWithTheTimeOfEachStage() throws Exception {
        WorkTree tree = server.repository("told");
        String commit = tree.commit(Sources.page("one"));
        Running.Result pushed = tree.push();
        assertThat(pushed.exit()).as(pushed.text()).isZero();
        assertThat(pushed.err()).containsPattern("remote: -----> Deployed in [0-9]+\\.[0-9] s: .*build [0-9]");
        tree.commit(Sources.page("two", "echo no; exit 3"));
        assertThat(tree.push().exit()).isNotZero();

        assertThat(server.dokku("builds:list", "told")).containsSubsequence("Build ID", "2 ", "failed", "1 ", "succeeded", commit.substring(0, 8));
        assertThat(server.dokku("builds:list", "told", "--status", "failed", "--format", "json")).contains("\"id\" : \"2\"", "\"stage\" : \"build\"")
                .doesNotContain("succeeded");
        assertThat(server.dokku("builds:info", "told", "1")).contains("admin", commit, "succeeded", "build:", "start:", "route:", "commit:");
        assertThat(server.dokku("builds:info", "told", "1", "--format", "json")).contains("\"commit\" : \"" + commit + "\"", "\"stages\" : {");
        assertThat(server.dokku("builds:output", "told", "1")).contains("-----> Building told from dockerfile", "=====> Application deployed:");
        assertThat(server.dokku("builds:output", "told", "-t")).contains(" !     Deploy failed; the former release keeps serving");
        assertThat(server.dokku("builds:report", "told")).containsPattern("Build id: +2\n").contains("Builds computed retention:");
        assertThat(server.ssh("builds:info", "told", "99")).isEqualTo(new Running.Result(1, "",
                " !     No build record found for told/99. See builds:list told\n"));
        assertThat(server.ssh("builds:list", "nobody").exit()).isEqualTo(20);
        assertThat(server.dokku("builds:output", "told", "current")).contains("App not currently deploying");
        assertThat(server.dokku("builds:cancel", "told")).contains("App not currently deploying");
        server.dokku("builds:set", "told", "retention", "1");
        server.dokku("builds:prune", "told");
        assertThat(server.dokku("builds:list", "told")).contains("failed").doesNotContain("succeeded");
    }

    @Test
    void aBuildThatRunsIsFollowedLiveAndCancelledWithWhatWaits() throws Exception {
        WorkTree tree = server.deployed("ended", "one");
        String live = tree.remote("master");
        tree.commit(Sources.page("two", "echo half way; sleep 600"));
        Running push = tree.start("push", "dokku", "HEAD:master").said("half way");
        Running follower = Running.start(server.words("builds:output", "ended", "current", "-t"), Map.of(), tree.folder()).said("half way");
        tree.commit(Sources.page("three"));
        Running waiting = tree.start("push", "dokku", "HEAD:master").said("Waiting for the deploy of");
        assertThat(server.dokku("builds:list").lines().map(line -> line.split(" +")[0])).containsSequence("App", "ended", "ended");

        String told = server.dokku("builds:cancel", "ended");

        assertThat(told).containsPattern(Pattern.compile("Cancelling the deploy of [0-9a-f]{8} by admin.*Cancelled: ", Pattern.DOTALL));
        for (Running each : List.of(push, waiting)) {
            Running.Result end = each.end();
            assertThat(end.exit()).as(end.text()).isEqualTo(1);
            assertThat(end.err()).contains("! [remote rejected]", "The deploy was cancelled by admin");
        }
        assertThat(follower.end().out()).contains("the former release keeps serving");
        assertThat(server.dokku("builds:list", "ended", "--status", "canceled")).contains("canceled");
        assertThat(server.dokku("builds:list")).contains("No builds currently running");
        assertThat(tree.remote("master")).isEqualTo(live);
        assertThat(server.get("ended")).isEqualTo(new Web.Answer(200, "one"));
        Running rebuild = Running.start(server.words("ps:rebuild", "ended"), Map.of(), tree.folder());
        assertThat(rebuild.end().exit()).isZero();
        assertThat(server.dokku("builds:info", "ended", "--format", "json")).contains("\"source\" : \"ps:rebuild\"");
        await().until(() -> server.engine().unnamed().isEmpty());
    }

    @Test
    void aFolderOfTheRepositoryIsBuiltAsIfItWereAllOfIt() throws Exception {
        WorkTree tree = server.repository("folder");
        server.dokku("apps:create", "folder");
        server.dokku("builder:set", "folder", "build-dir", "./services/web/");
        assertThat(server.dokku("builder:report", "folder")).containsPattern("Builder computed build dir: +services/web\n");
        tree.commit(Map.of("README", "another folder is built"));
        Running.Result refused = tree.push();
        assertThat(refused.exit()).as(refused.text()).isEqualTo(1);
        assertThat(refused.err()).contains("The commit has no folder services/web", "builder:set folder build-dir", "nothing is live")
                .doesNotContain("Building folder");

        Map<String, String> files = new TreeMap<>(Map.of("Dockerfile", "FROM no-such-image-anywhere:1\n", "CNAME", "top.example.com\n",
                "services/web/CNAME", "web.example.com\n"));
        Sources.page("one").forEach((path, text) -> files.put("services/web/" + path, text));
        tree.commit(files);
        Running.Result pushed = tree.push();

        assertThat(pushed.exit()).as(pushed.text()).isZero();
        assertThat(server.get("folder")).isEqualTo(new Web.Answer(200, "one"));
        assertThat(server.web().get("web.example.com", "/")).isEqualTo(new Web.Answer(200, "one"));
        assertThat(server.web().get("top.example.com", "/").status()).isEqualTo(404);
    }

    @Test
    void whatBuildersKeepOfAnAppIsPurgedWhileNothingDeploysIt() throws Exception {
        WorkTree tree = server.deployed("purged", "one");
        tree.commit(Sources.page("two", "echo half way; sleep 600"));
        Running push = tree.start("push", "dokku", "HEAD:master").said("half way");
        Running.Result refused = server.ssh("repo:purge-cache", "purged");
        assertThat(refused).isEqualTo(new Running.Result(1, "", " !     App purged is being deployed. Wait until that is done, then try again\n"));
        server.dokku("builds:cancel", "purged");
        push.end();

        assertThat(server.dokku("repo:purge-cache", "purged")).isEqualTo("-----> Removing what builders keep of purged...\n");

        assertThat(server.engine().unnamed()).isEmpty();
        assertThat(server.dokku("repo:help")).contains("repo:purge-cache");
        assertThat(server.ssh("repo:purge-cache", "nobody").exit()).isEqualTo(20);
        tree.commit(Sources.page("three"));
        assertThat(tree.push().exit()).isZero();
        assertThat(server.get("purged")).isEqualTo(new Web.Answer(200, "three"));
    }

    @Test
    void aBuildThatAKillCutOffIsSaidToBeAbandoned() throws Exception {
        try (TestServer other = TestServer.start()) {
            WorkTree tree = other.deployed("cut", "one");
            tree.commit(Sources.page("two", "echo half way; sleep 5"));
            Running push = tree.start("push", "dokku", "HEAD:master").said("half way");
            other.kill();
            push.end();
            other.launch("");

            assertThat(other.dokku("builds:list", "cut", "--status", "abandoned").lines()).hasSize(2);
            assertThat(other.dokku("builds:output", "cut", "2", "-t")).contains("half way");
            other.awaitSettled();
            assertThat(other.get("cut")).isEqualTo(new Web.Answer(200, "one"));
        }
    }
}
