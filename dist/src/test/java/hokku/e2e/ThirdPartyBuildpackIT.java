package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import hokku.testkit.BridgeAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Buildpacks that somebody else wrote, in git repositories that a build fetches them from.
class ThirdPartyBuildpackIT {
    @RegisterExtension
    static final BuildpackServer SHARED = new BuildpackServer();

    private static TestServer server;
    private static Path repositories;
    /// Where containers reach this machine.
    private static String gateway;
    private static int port;
    private static Process daemon;

    @BeforeAll
    static void serve() throws Exception {
        server = SHARED.server();
        repositories = Files.createTempDirectory(server.work(), "buildpacks");
        gateway = BridgeAddress.of(server.engine().run("network", "inspect", "bridge", "--format", "{{index .Options \"com.docker.network.bridge.name\"}}").strip());
        port = TestServer.freePort();
        WorkTree first = repository("first");
        first.commit(first());
        WorkTree second = repository("second");
        second.commit(Map.of("bin/detect", "#!/bin/sh\necho 'no branch was asked for'; exit 1\n", "bin/compile", "#!/bin/sh\nexit 1\n"));
        second.git("checkout", "-q", "-b", "release/2");
        second.commit(second());
        daemon = new ProcessBuilder("git", "daemon", "--listen=" + gateway, "--port=" + port, "--base-path=" + repositories, "--export-all",
                "--reuseaddr", repositories.toString()).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        Awaitility.await("git daemon answers").atMost(Duration.ofSeconds(20)).until(() ->
                Running.run(List.of("git", "ls-remote", address("first")), new byte[0]).exit() == 0);
    }

    @AfterAll
    static void end() throws Exception {
        daemon.descendants().forEach(ProcessHandle::destroy);
        daemon.destroy();
        daemon.waitFor();
        server.dokku("builder-buildstep:set", "--global", "buildpacks-folder");
    }

    private static WorkTree repository(String name) throws IOException, InterruptedException {
        return WorkTree.init(repositories.resolve(name), "nowhere", "false");
    }

    private static String address(String name) {
        return "git://" + gateway + ":" + port + "/" + name;
    }

    /// Leaves a tool for those that come after it.
    private static Map<String, String> first() {
        return Map.of("bin/detect", "#!/bin/sh\necho First\n",
                "bin/compile", """
                        #!/bin/sh
                        mkdir -p "$1/tools"
                        printf '#!/bin/sh\\necho a tool of the first\\n' >"$1/tools/mytool"
                        chmod +x "$1/tools/mytool"
                        """,
                "export", "export PATH=/app/tools:$PATH\nexport FIRST_SAYS='two words'\n");
    }

    /// In the public form: looks for its file, compiles, says what to run and with which variables, adds to the environment.
    private static Map<String, String> second() {
        return Map.of("bin/detect", "#!/bin/sh\n[ -f \"$1/second.conf\" ] && echo Second\n",
                "bin/compile", """
                        #!/bin/sh
                        set -e
                        echo "-----> Compiling with $(mytool 2>&1 || :), first says: ${FIRST_SAYS:-nothing}"
                        [ -d "$2" ] && [ -d "$3" ] && echo "       variable: $(cat "$3/COLOUR")"
                        mkdir -p "$1/.profile.d"
                        echo 'export FROM_PROFILE="of $COLOUR"' >"$1/.profile.d/second.sh"
                        echo "compiled $(cat "$1/second.conf")" >"$1/page"
                        """,
                "bin/release", """
                        #!/bin/sh
                        cat <<YAML
                        ---
                        config_vars:
                          FROM_RELEASE: a value
                          COLOUR: never taken
                        default_process_types:
                          web: perl serve
                        YAML
                        """);
    }

    private static Map<String, String> source(String content) {
        Map<String, String> files = new TreeMap<>(Sources.program("to be made"));
        files.remove("Procfile");
        files.remove("page");
        files.put("second.conf", content);
        return files;
    }

    private static WorkTree app(String name, Map<String, String> files) throws IOException, InterruptedException {
        server.dokku("apps:create", name);
        server.dokku("config:set", name, "COLOUR=blue");
        WorkTree tree = server.repository(name);
        tree.commit(files);
        return tree;
    }

    private static Map<String, String> with(Map<String, String> files, String name, String content) {
        Map<String, String> more = new TreeMap<>(files);
        more.put(name, content);
        return more;
    }

    private static void refused(WorkTree tree, String... words) throws IOException, InterruptedException {
        BuildpackServer.refused(tree.start("push", "dokku", "HEAD:master").end(BuildpackServer.PATIENCE), words);
    }

    @Test
    void aBranchOfARepositoryIsUsedByItsAddress() throws Exception {
        WorkTree tree = app("by-url", source("one"));
        server.dokku("config:set", "by-url", "BUILDPACK_URL=" + address("second") + "#release/2");

        Running.Result pushed = SHARED.accepted(tree);

        assertThat(pushed.err()).contains("Fetching custom buildpack", "-----> Second app detected", "first says: nothing", "variable: blue",
                "Default process types for Second -> web");
        assertThat(server.get("by-url")).isEqualTo(new Web.Answer(200, "compiled one"));
        assertThat(server.web().get(server.domain("by-url"), "/env").body().lines().toList())
                .contains("FROM_PROFILE=of blue", "FROM_RELEASE=a value", "COLOUR=blue");
        assertThat(server.dokku("run", "by-url", "printenv", "FROM_PROFILE").strip()).isEqualTo("of blue");

        tree.commit(Map.of("second.conf", "two"));
        SHARED.accepted(tree);
        assertThat(server.get("by-url")).isEqualTo(new Web.Answer(200, "compiled two"));
    }

    @Test
    void aNewCommitOfTheBranchIsTakenByTheNextPush() throws Exception {
        WorkTree pack = repository("moving");
        pack.commit(second());
        WorkTree tree = app("moving", source("one"));
        server.dokku("config:set", "moving", "BUILDPACK_URL=" + address("moving") + "#master");
        SHARED.accepted(tree);
        assertThat(server.get("moving").body()).isEqualTo("compiled one");

        pack.commit(Map.of("bin/compile", "#!/bin/sh\necho newer >\"$1/page\"\n"));
        tree.commit(Map.of("second.conf", "two"));
        SHARED.accepted(tree);

        assertThat(server.get("moving").body()).isEqualTo("newer");
    }

    @Test
    void theSecondOfTwoSeesWhatTheFirstExports() throws Exception {
        String both = "# in this order\n" + address("first") + "\n\n" + address("second") + "#release/2\n";

        Running.Result pushed = SHARED.accepted(app("by-file", with(source("one"), ".buildpacks", both)));

        assertThat(pushed.err()).containsSubsequence("-----> First app detected", "-----> Second app detected",
                "Compiling with a tool of the first, first says: two words", "Default process types for Second -> web");
        assertThat(server.get("by-file")).isEqualTo(new Web.Answer(200, "compiled one"));
    }

    @Test
    void anArchiveAndARepositoryOfPlainFilesAreFetchedFromAWebServer() throws Exception {
        Path web = Files.createTempDirectory(server.work(), "web");
        Running.demand("tar", "-C", repositories.resolve("first").toString(), "--exclude=.git", "-czf", web.resolve("first.tgz").toString(), ".");
        Running.demand("git", "clone", "-q", "--bare", repositories.resolve("second").toString(), web.resolve("second.git").toString());
        Running.demand("git", "-C", web.resolve("second.git").toString(), "update-server-info");
        HttpServer files = HttpServer.create(new InetSocketAddress(gateway, TestServer.freePort()), 0);
        files.createContext("/", SimpleFileServer.createFileHandler(web)).setAuthenticator(new BasicAuthenticator("buildpacks") {
            @Override
            public boolean checkCredentials(String name, String password) {
                return name.equals("someone") && password.equals("a-password");
            }
        });
        files.start();
        try {
            String address = "http://someone:a-password@" + gateway + ":" + files.getAddress().getPort();
            String both = address + "/first.tgz\n" + address + "/second.git#release/2\n";
            Running.Result pushed = SHARED.accepted(app("by-web", with(source("one"), ".buildpacks", both)));
            assertThat(pushed.err()).containsSubsequence("-----> First app detected", "-----> Second app detected", "first says: two words")
                    .doesNotContain("a-password");
            assertThat(server.get("by-web")).isEqualTo(new Web.Answer(200, "compiled one"));
            Running.demand("git", "clone", "-q", "--bare", repositories.resolve("first").toString(), web.resolve("first.git").toString());
            Running.demand("git", "-C", web.resolve("first.git").toString(), "update-server-info");
            assertThat(SHARED.accepted(app("by-web-head", with(Sources.program("one"), ".buildpacks", address + "/first.git\n"))).err())
                    .contains("-----> First app detected");
            Files.writeString(web.resolve("page.tgz"), "<h1>Please log in</h1>");
            refused(app("by-web-page", with(source("one"), ".buildpacks", address + "/page.tgz\n")), "could not be fetched: gzip: stdin: not in gzip format");
            refused(app("by-web-nothing", with(source("one"), ".buildpacks", address + "/nothing.tgz\n")), "could not be fetched", "404");
        } finally {
            files.stop(0);
        }
    }

    @Test
    void aFolderOfTheServerIsUsedWhereAnAdministratorHasSaidSo() throws Exception {
        WorkTree tree = app("by-path", with(source("one"), ".buildpacks", "file://" + repositories + "/first\n" + repositories + "/second#release/2\n"));
        server.dokku("builder-buildstep:set", "--global", "buildpacks-folder");
        refused(tree, "builder-buildstep:set --global buildpacks-folder");

        server.dokku("builder-buildstep:set", "--global", "buildpacks-folder", repositories.toString());
        refused(tree, "cannot be read by builds", "chmod -R a+rX");

        Files.setPosixFilePermissions(repositories, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(SHARED.accepted(tree).err()).containsSubsequence("-----> First app detected", "-----> Second app detected", "first says: two words");
        assertThat(server.get("by-path")).isEqualTo(new Web.Answer(200, "compiled one"));

        for (String outside : new String[] {"file://" + server.home(), "/etc", "file://" + repositories + "-more/first"}) {
            tree.commit(Map.of(".buildpacks", outside + "\n"));
            refused(tree, "is not in the server's folder of buildpacks, " + repositories);
        }
        tree.commit(Map.of(".buildpacks", "file://" + repositories + "/../etc\n"));
        refused(tree, "Invalid buildpack specified");
        Path link = Files.createSymbolicLink(repositories.resolve("link"), server.home());
        tree.commit(Map.of(".buildpacks", "file://" + link + "\n"));
        refused(tree, "has no buildpack link");
        tree.commit(Map.of(".buildpacks", "file://" + repositories + "/nothing\n"));
        refused(tree, "has no buildpack nothing");
        assertThat(server.get("by-path")).isEqualTo(new Web.Answer(200, "compiled one"));
    }

    @Test
    void whatCannotBeFetchedIsSaidWithItsAddress() throws Exception {
        WorkTree tree = app("not-there", source("one"));
        server.dokku("config:set", "not-there", "BUILDPACK_URL=" + address("second") + "#no-such-branch");
        refused(tree, "The buildpack " + address("second") + "#no-such-branch could not be fetched", "pathspec 'no-such-branch' did not match", "Look at the address");

        server.dokku("config:set", "not-there", "BUILDPACK_URL=" + address("nothing"));
        refused(tree, "The buildpack " + address("nothing") + " could not be fetched: fatal: remote error: access denied", "Look at the address");

        String closed = "http://" + gateway + ":" + TestServer.freePort() + "/pack.git";
        server.dokku("config:set", "not-there", "BUILDPACK_URL=" + closed);
        refused(tree, "The buildpack " + closed + " could not be fetched: fatal: unable to access", "Look at the address");
    }

    @Test
    void aServerThatNeverAnswersIsGivenUpInTime() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName(gateway))) {
            WorkTree tree = app("silent", source("one"));
            String address = "git://" + gateway + ":" + silent.getLocalPort() + "/pack";
            server.dokku("config:set", "silent", "BUILDPACK_URL=" + address);
            server.dokku("builder-buildstep:set", "silent", "timeout", "4");
            refused(tree, "Fetching custom buildpack", "took more than 4 seconds");
        }
    }

    @Test
    void aBuildpackThatDoesNotTakeTheSourceIsSaid() throws Exception {
        WorkTree tree = app("other", with(Sources.program("one"), ".buildpacks", address("second") + "#release/2\n"));

        refused(tree, "does not take this source", ".buildpacks");
    }
}
