package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What people type wrong, and what their apps do wrong: a clear message, a failure, and everything as it was.
class BadInputIT {
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
    void namesThatAreNoNamesMakeNoApps() throws Exception {
        List<String> before = files();
        for (String name : List.of("UPPER", "../x", "-rf", "a".repeat(300), "''", "a/b", "'a b'", ".", "..", "'a;b'", "'a\nb'", "é")) {
            refused(server.ssh("apps:create", name), name);
            refused(server.ssh("config:set", name, "A=b"), name);
        }
        for (String path : List.of("../../evil", "UPPER", "x/../../y", "a".repeat(300), "-rf", "", "a%20b", "x\u0001y")) {
            WorkTree tree = WorkTree.init(Files.createTempDirectory(server.work(), "tree"), server.remote(path), server.sshCommand());
            tree.commit(Sources.page("evil"));
            refused(tree.push(), path);
            refused(tree.start("ls-remote", "dokku").end(), path);
        }
        assertThat(files()).isEqualTo(before);
        assertThat(server.work().resolve("evil")).doesNotExist();
    }

    /// Every file of the home that is about apps.
    private static List<String> files() throws IOException {
        try (Stream<Path> found = Files.list(server.home().resolve("apps"))) {
            return found.map(Path::toString).sorted().toList();
        }
    }

    private static void refused(Running.Result result, String what) {
        assertThat(result.exit()).as("%s: %s", what, result.text()).isNotZero().isNotEqualTo(255);
        assertThat(result.err()).as(what).contains(" !  ").doesNotContain("Exception", "log id", "internal error");
    }

    @Test
    void keysAndDomainsThatAreNoneChangeNothing() throws Exception {
        server.deployed("whole", "one");
        String desired = desired("whole");
        try (Watch watch = server.watch("whole")) {
            for (String pair : List.of("=value", "1A=b", "A-B=c", "'A B=c'", "'A\nB=c'", "novalue", "A.B=c")) {
                refused(server.ssh("config:set", "whole", pair), pair);
            }
            refused(server.ssh("config:unset", "whole", "A=B"), "A=B");
            refused(server.ssh("config:set", "whole"), "nothing to set");
            refused(server.ssh("config:set", "whole", "GOOD=yes", "B/AD=no"), "one of two");
            for (String domain : List.of("'a.example.com;'", "'a.example.com;return 200'", "'a.example.com\nserver_name b'", "'a b'", "'{}'", "-a.example.com",
                    "a..b", "'$host'", "'~^.*$'", "'*'", "'\"'", "a.example.com/x", "a".repeat(64) + ".example.com", "''")) {
                refused(server.ssh("domains:add", "whole", "--", domain), domain);
            }
            for (String ports : List.of("http:80", "http:99999:5000", "'http:80:5000;'", "gopher:80:5000")) {
                refused(server.ssh("ports:set", "whole", ports), ports);
            }
            for (String scale : List.of("web=-1", "web=x", "web", "nothing=1", "web=100000")) {
                refused(server.ssh("ps:scale", "whole", scale), scale);
            }
            refused(server.ssh("nginx:set", "whole", "client-max-body-size", "'1m; return 200'"), "client-max-body-size");
            refused(server.ssh("releases:rollback", "whole", "7"), "release 7");
            watch.sawOnly("one");
        }
        assertThat(desired("whole")).isEqualTo(desired);
    }

    private static String desired(String app) throws IOException {
        return Files.readString(server.home().resolve("apps").resolve(app).resolve("desired.json"));
    }

    @Test
    void commandsThatAreNoneSaySo() throws Exception {
        assertThat(server.ssh("no:such").err()).contains("is not a dokku command");
        assertThat(server.ssh("no:such").exit()).isNotZero();
        assertThat(server.ssh("ps:report", "nobody").exit()).isEqualTo(20);
        assertThat(server.ssh("ps:report", "nobody").err()).contains("App nobody does not exist");
        refused(server.ssh("'apps:create"), "an open quote");
    }

    @Test
    void repositoriesThatCannotBeBuiltSaySo() throws Exception {
        WorkTree tree = server.deployed("strange", "one");
        String live = tree.git("rev-parse", "HEAD").strip();
        try (Watch watch = server.watch("strange")) {
            tree.git("rm", "-q", "-r", ".");
            tree.commit(Map.of());
            rejected(tree, "The commit holds no files");
            tree.commit(Map.of("README", "nothing to run"));
            rejected(tree, "Dockerfile");
            tree.commit(Map.of("Dockerfile", "this is no Dockerfile\n"));
            rejected(tree, "Dockerfile");
            tree.commit(Map.of("Dockerfile", "FROM busybox:latest\nEXPOSE 5000\nCMD [\"sh\", \"-c\", \"echo giving up; exit 3\"]\n"));
            rejected(tree, "giving up");
            server.dokku("checks:set", "strange", "start-timeout", "3");
            tree.commit(Map.of("Dockerfile", "FROM busybox:latest\nEXPOSE 5000\nSTOPSIGNAL SIGKILL\nCMD [\"sleep\", \"1000\"]\n"));
            rejected(tree, "5000");
            tree.commit(Map.of("Dockerfile", "FROM busybox:latest\nEXPOSE 5000\nCMD [\"/no/such/program\"]\n"));
            rejected(tree, "/no/such/program");
            watch.sawOnly("one");
        }
        assertThat(tree.remote("master")).isEqualTo(live);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() ->
                assertThat(server.engine().containers(server.instance())).filteredOn(each -> each.startsWith("strange.")).hasSize(1));
    }

    private static void rejected(WorkTree tree, String why) throws IOException, InterruptedException {
        Running.Result pushed = tree.push();
        refused(pushed, why);
        assertThat(pushed.err()).contains(why).contains("! [remote rejected] master -> master");
    }

    @Test
    void aFirstPushThatFailsLeavesAnAppThatCanBeMended() throws Exception {
        WorkTree tree = server.repository("mended");
        tree.commit(Map.of("Dockerfile", "FROM busybox:latest\nCOPY page /\nEXPOSE 5000\nSTOPSIGNAL SIGKILL\n"
                + "CMD [\"sh\", \"-c\", \"mkdir /www; echo ${GREETING:?is not set} > /www/index.html; exec httpd -f -p 5000 -h /www\"]\n", "page", "x"));
        rejected(tree, "GREETING");
        assertThat(server.get("mended").status()).isNotEqualTo(200);
        server.dokku("config:set", "mended", "GREETING=hello");
        assertThat(tree.push().exit()).isZero();
        assertThat(server.get("mended")).isEqualTo(new Web.Answer(200, "hello"));
    }
}
