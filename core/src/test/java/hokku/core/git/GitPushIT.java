package hokku.core.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hokku.api.UserError;
import hokku.core.git.GitClient.Result;
import hokku.core.state.Home;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the real git program shows and does.
@Timeout(60)
class GitPushIT extends PushFixture {
    @Test
    void aPushIsDeployedAndItsFilesAreThere() throws Exception {
        String commit = client.commit("web/index.html", "hi");
        deploy = (push, out) -> {
            out.step("Building " + push.app() + " for " + push.by());
            out.detail(push.tree().readText("web/index.html").orElseThrow());
            out.milestone("Application deployed:");
            out.line("plain");
        };
        Result push = client.run("push", "dokku", "master");
        assertThat(push.exitCode()).as(push.output()).isZero();
        assertThat(push.output().replace(" \n", "\n").replaceAll(" +\n", "\n")).contains("""
                remote: -----> Building hello for somebody
                remote:        hi
                remote: =====> Application deployed:
                remote: plain
                """).contains("[new branch]      master -> master");
        assertThat(deployed).containsExactly(commit);
        assertThat(repositories.tip(APP, MASTER)).contains(commit);
        assertThat(client.run("push", "dokku", "master").output()).contains("Everything up-to-date");
    }

    @Test
    void linesArriveWhileTheDeployGoesOn() throws Exception {
        client.commit("a", "1");
        CountDownLatch seen = new CountDownLatch(1);
        deploy = (push, out) -> {
            out.step("first");
            assertThat(seen.await(20, TimeUnit.SECONDS)).isTrue();
            out.step("second");
        };
        Process push = client.start("push", "dokku", "master");
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(push.getInputStream(), StandardCharsets.UTF_8))) {
            String line = reader.readLine();
            while (line != null && !line.contains("-----> first")) {
                line = reader.readLine();
            }
            seen.countDown();
            assertThat(reader.readAllAsString()).contains("-----> second");
        }
        assertThat(push.waitFor()).isZero();
    }

    @Test
    void aDeployThatFailsRefusesThePushAndLeavesTheBranch() throws Exception {
        String first = client.commit("a", "1");
        client.ok("push", "dokku", "master");
        client.commit("a", "2");
        deploy = (push, out) -> {
            throw new UserError("Step 3 failed with exit code 7\nLook at the lines above");
        };
        Result push = client.run("push", "dokku", "master");
        assertThat(push.exitCode()).isEqualTo(1);
        assertThat(push.output()).contains("remote:  !     Step 3 failed with exit code 7")
                .contains("remote:  !     Look at the lines above")
                .contains("! [remote rejected] master -> master (Step 3 failed with exit code 7)");
        assertThat(repositories.tip(APP, MASTER)).contains(first);
        deploy = (again, out) -> {};
        assertThat(client.run("push", "dokku", "master").exitCode()).isZero();
    }

    @Test
    void aDefectShowsAnIdOfTheLogAndNoStack() throws Exception {
        client.commit("a", "1");
        deploy = (push, out) -> {
            throw new IllegalStateException("boom");
        };
        Result push = client.run("push", "dokku", "master");
        assertThat(push.exitCode()).isEqualTo(1);
        assertThat(push.output()).containsPattern("defect: boom \\(log id [0-9a-f]{8}\\)").contains("[remote rejected]")
                .doesNotContain("\tat ");
    }

    @Test
    void aRefusalBeforeTheFirstReferenceComesWithoutMisleadingAdvice() throws Exception {
        client.commit("a", "1");
        refusal = Optional.of("App hello does not exist");
        Result push = client.run("push", "dokku", "master");
        assertThat(push.exitCode()).isEqualTo(128);
        assertThat(push.output()).contains("fatal: remote error: App hello does not exist").doesNotContain("access rights");
        Result clone = client.run("clone", "dokku@127.0.0.1:hello", folder.resolve("copy").toString());
        assertThat(clone.output()).contains("fatal: remote error: App hello does not exist").doesNotContain("access rights");
    }

    @Test
    void aRepositoryThatCannotBeUsedIsSaidToBeSo() throws Exception {
        client.commit("a", "1");
        Path app = new Home(folder.resolve("home")).app(APP);
        Files.writeString(app, "in the way");
        Result push = client.run("push", "dokku", "master");
        assertThat(push.exitCode()).isEqualTo(128);
        assertThat(push.output()).contains("fatal: remote error: The repository of hello cannot be used");
    }

    @Test
    void aShallowCloneIsToldWhatToDo() throws Exception {
        client.commit("a", "1");
        client.commit("a", "2");
        GitClient shallow = new GitClient(folder.resolve("shallow"), server.ssh());
        client.ok("clone", "-q", "--depth", "1", "file://" + client.folder(), shallow.folder().toString());
        shallow.commit("b", "3");
        Result push = shallow.run("push", "dokku@127.0.0.1:hello", "master");
        assertThat(push.exitCode()).isEqualTo(1);
        assertThat(push.output()).contains("Run `git fetch --unshallow`, then push again")
                .contains("[remote rejected] master -> master (shallow clone: run git fetch --unshallow, then push again)");
        assertThat(deployed).isEmpty();
        shallow.ok("fetch", "-q", "--unshallow");
        shallow.ok("push", "dokku@127.0.0.1:hello", "master");
        assertThat(deployed).hasSize(1);
    }

    @Test
    void submodulesLfsPointersAndEmptyCommitsAreExplained() throws Exception {
        client.ok("commit", "-q", "--allow-empty", "-m", "nothing");
        assertThat(client.run("push", "dokku", "master").output()).contains("The commit holds no files")
                .contains("[remote rejected]");
        client.commit("logo.png", "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a".repeat(64) + "\nsize 5\n");
        assertThat(client.run("push", "dokku", "master").output()).contains("logo.png is kept in Git LFS")
                .contains("git lfs migrate export");
        client.ok("rm", "-q", "logo.png");
        client.ok("update-index", "--add", "--cacheinfo", "160000," + "1".repeat(40) + ",lib");
        client.ok("commit", "-q", "-m", "submodule");
        assertThat(client.run("push", "dokku", "master").output()).contains("lib is a submodule").contains("git rm --cached lib");
        assertThat(deployed).isEmpty();
    }

    @Test
    void aSilentBuildOutlivesManyPulsesWithoutATrace() throws Exception {
        client.commit("a", "1");
        deploy = (push, out) -> {
            long end = System.nanoTime() + Duration.ofMillis(500).toNanos();
            await().pollInterval(Duration.ofMillis(50)).until(() -> System.nanoTime() > end);
            out.step("done");
        };
        Result push = client.run("push", "dokku", "master");
        assertThat(push.exitCode()).as(push.output()).isZero();
        assertThat(push.output().lines().filter(line -> line.startsWith("remote:")).map(String::strip))
                .containsExactly("remote: -----> done");
    }

    @Test
    void whatWasPushedIsClonedAndFetched() throws Exception {
        client.commit("a", "1");
        client.ok("push", "dokku", "master:main");
        Path copy = folder.resolve("copy");
        client.ok("clone", "-q", "dokku@127.0.0.1:hello", copy.toString());
        assertThat(copy.resolve("a")).hasContent("1");
        GitClient clone = new GitClient(copy, server.ssh());
        assertThat(clone.ok("branch", "--show-current").strip()).isEqualTo("main");
        client.commit("a", "2");
        client.ok("push", "dokku", "master:main");
        clone.ok("pull", "-q");
        assertThat(copy.resolve("a")).hasContent("2");
    }

    @Test
    void manyFilesAndALargeOneArrive() throws Exception {
        for (int i = 0; i < 300; i++) {
            Files.createDirectories(client.folder().resolve("d" + i % 10));
            Files.writeString(client.folder().resolve("d" + i % 10).resolve("f" + i), "content " + i);
        }
        byte[] random = new byte[20 << 20];
        new Random(1).nextBytes(random);
        Files.write(client.folder().resolve("blob"), random);
        client.commit("a", "1");
        long[] sum = new long[1];
        deploy = (push, out) -> push.tree().writeTar(new OutputStream() {
            @Override
            public void write(int b) {
                sum[0]++;
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                sum[0] += length;
            }
        }, entry -> true);
        Result push = client.run("push", "dokku", "master");
        assertThat(push.exitCode()).as(push.output()).isZero();
        assertThat(sum[0]).isGreaterThan(random.length);
    }
}
