package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Builds from source code that go wrong: the push is refused with the reason, the former release serves all the while, and nothing is left.
class BuildFaultsIT {
    @RegisterExtension
    static final BuildpackServer SHARED = new BuildpackServer();

    private static final String WAIT = "echo compile waits; sleep 600";
    private static final Duration SOON = Duration.ofSeconds(30);

    private TestServer server;
    private String app;
    private WorkTree tree;
    private String live;
    private List<String> before;

    @BeforeEach
    void deploy(TestInfo test) throws Exception {
        server = SHARED.server();
        app = "fault-" + Integer.toHexString(test.getDisplayName().hashCode());
        tree = SHARED.deployed(app, Sources.compiled("one", "mkdir -p $2/mine; echo kept >$2/mine/file; echo first"));
        live = tree.remote("master");
        before = owned();
        assertThat(before).filteredOn(each -> each.startsWith("volume") && each.contains("cache")).isNotEmpty();
    }

    private List<String> owned() throws IOException, InterruptedException {
        return server.engine().owned(server.instance()).stream().sorted().toList();
    }

    @Test
    void aCompileThatFails() throws Exception {
        refusedWhileServing("echo compile says no; exit 3", "compile says no", "failed with exit code 3 in bin/compile");
    }

    @Test
    void aCompileThatIsKilledFromWithin() throws Exception {
        refusedWhileServing("kill -9 $$", "failed with exit code 137 in bin/compile");
    }

    @Test
    void aCompileThatHangsEndsAtTheTimeLimit() throws Exception {
        server.dokku("builder-buildstep:set", app, "timeout", "3");

        Duration took = refusedWhileServing(WAIT, "compile waits", "took more than 3 seconds", "builder-buildstep:set " + app + " timeout");

        assertThat(took).isLessThan(SOON);
    }

    @Test
    void aCompileThatEatsMemoryEndsAtItsLimit() throws Exception {
        server.dokku("builder-buildstep:set", app, "memory", "64m");

        refusedWhileServing("perl -e 'push @all, q(x) x 1_000_000 while 1'", "more than 64m of memory", "builder-buildstep:set " + app + " memory");
    }

    @Test
    void aCompileThatStartsProcessesWithoutEndIsBounded() throws Exception {
        String bomb = "perl -e 'my $n = 0; while (defined(my $pid = fork)) { if (!$pid) { sleep 600; exit } $n++ } print qq(no more after $n: $!\\n)'; exit 5";

        Duration took = refusedWhileServing(bomb, "no more after ", "failed with exit code 5 in bin/compile");

        System.out.println("all processes that a build may have were started within " + took.toMillis() + " ms");
    }

    @Test
    void aCompileThatIsCancelledByACommand() throws Exception {
        try (Watch watch = server.watch(app)) {
            tree.commit(Sources.compiled("two", WAIT));
            Running push = tree.start("push", "dokku", "HEAD:master").said("compile waits");

            assertThat(server.dokku("builds:cancel", app)).contains("Cancelled: ");

            BuildpackServer.refused(push.end(), "The deploy was cancelled by admin");
            nothingIsLeft();
            watch.sawOnly("one");
        }
        theNextBuildWorks();
    }

    @Test
    void aCompileWhoseClientIsLost() throws Exception {
        try (Watch watch = server.watch(app)) {
            tree.commit(Sources.compiled("two", WAIT));
            Running push = tree.start("push", "dokku", "HEAD:master").said("compile waits");

            ProcessHandle.of(push.pid()).stream().flatMap(ProcessHandle::descendants).forEach(ProcessHandle::destroyForcibly);
            push.kill();

            nothingIsLeft();
            watch.sawOnly("one");
        }
        theNextBuildWorks();
    }

    @Test
    void aCompileDuringWhichTheServerIsKilled() throws Exception {
        try (Watch watch = server.watch(app)) {
            killDuringCompile();
            // What the build was at when its server went away runs on until the next one sees to it.
            assertThat(owned()).isNotEqualTo(before);
            server.launch("");
            server.awaitSettled();
            nothingIsLeft();
            watch.sawOnly("one");
        }
        theNextBuildWorks();
    }

    @Test
    void aBuildAfterAKillDoesNotWaitForTheOneThatWasCutOff() throws Exception {
        try (Watch watch = server.watch(app)) {
            killDuringCompile();
            server.launch("");
            theNextBuildWorks();
            watch.sawOnly("one", "three");
        }
    }

    private void killDuringCompile() throws IOException, InterruptedException {
        tree.commit(Sources.compiled("two", WAIT));
        Running push = tree.start("push", "dokku", "HEAD:master").said("compile waits");
        server.kill();
        assertThat(push.end().exit()).isNotZero();
    }

    /// Pushes a compile that must not be accepted.
    ///
    /// @return how long it took until it was refused
    private Duration refusedWhileServing(String compile, String... words) throws IOException, InterruptedException {
        Duration took;
        try (Watch watch = server.watch(app)) {
            tree.commit(Sources.compiled("two", compile));
            long begin = System.nanoTime();
            Running.Result pushed = tree.start("push", "dokku", "HEAD:master").end();
            took = Duration.ofNanos(System.nanoTime() - begin);
            BuildpackServer.refused(pushed, words);
            assertThat(pushed.err()).contains("the former release keeps serving");
            nothingIsLeft();
            watch.sawOnly("one");
        }
        theNextBuildWorks();
        return took;
    }

    private void nothingIsLeft() throws IOException, InterruptedException {
        await("what there was before is what there is").atMost(Duration.ofSeconds(100)).pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(owned()).isEqualTo(before));
        assertThat(tree.remote("master")).isEqualTo(live);
        try (Stream<Path> files = Files.walk(server.home().resolve("apps").resolve(app))) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).as("half-written files")
                    .noneMatch(name -> name.endsWith(".tmp") || name.endsWith(".new") || name.endsWith(".lock") || name.startsWith("incoming"));
        }
    }

    /// And has what the first one kept.
    private void theNextBuildWorks() throws IOException, InterruptedException {
        tree.commit(Sources.compiled("three", "echo $(cat $2/mine/file) from before"));
        assertThat(SHARED.accepted(tree).err()).contains("kept from before");
        assertThat(server.get(app)).isEqualTo(new Web.Answer(200, "three"));
        await("only the new release runs").atMost(SOON).untilAsserted(() ->
                assertThat(server.engine().containers(server.instance())).filteredOn(each -> each.startsWith(app + ".")).hasSize(1));
    }
}
