package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import hokku.api.Access;
import hokku.api.Identity;
import hokku.api.UserError;
import hokku.api.hook.PostDeploy;
import hokku.api.hook.PreRelease;
import hokku.core.state.BuildRecord;
import hokku.core.state.BuildRecord.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildsTest {
    private static final Identity BOB = Identity.of("bob", "SHA256:b", Access.DEPLOY);

    @TempDir
    private Path folder;
    private House house;

    @BeforeEach
    void build() throws Exception {
        house = new House(folder);
    }

    @AfterEach
    void noInterruptIsLeft() {
        assertThat(Thread.interrupted()).isFalse();
    }

    private BuildRecord build(int number) {
        return house.builds.get(House.APP, number).record();
    }

    /// A push on a thread of its own.
    private CompletableFuture<Throwable> pushInBackground() {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            Throwable failure = catchThrowable(() -> house.push());
            end.complete(failure == null ? new Throwable("live") : Thread.interrupted() ? new Throwable("interrupted", failure) : failure);
        });
        return end;
    }

    /// Lets the next build last until it is interrupted, or the latch is open.
    private CountDownLatch slowly(String... said) {
        CountDownLatch end = new CountDownLatch(1);
        house.builder.trouble = () -> {
            List.of(said).forEach(house.builder.out::line);
            end.await();
        };
        return end;
    }

    @Test
    void aDeployIsRecordedWithTheTimeThatEachStageTook() throws Exception {
        house.push();

        BuildRecord build = build(1);
        assertThat(build.status()).isEqualTo(Status.SUCCEEDED);
        assertThat(build.by()).isEqualTo("alice");
        assertThat(build.source()).isEqualTo("git-hook");
        assertThat(build.finished()).isPresent();
        assertThat(build.stage()).isEmpty();
        assertThat(build.stages().keySet()).containsExactly("wait", "build", "release", "release-task", "start", "route", "commit", "finish");
        assertThat(house.out.text()).containsPattern("Deployed in [0-9]+\\.[0-9] s");
        assertThat(house.builds.of(House.APP)).hasSize(1);
        assertThat(house.builds.open()).isEmpty();
    }

    @Test
    void aDeployThatFailsSaysWhereAndWhy() throws Exception {
        house.hook(PreRelease.class, (release, out) -> {
            throw new UserError("not today\nbut tomorrow");
        });
        catchThrowable(() -> house.push());

        assertThat(build(1).status()).isEqualTo(Status.FAILED);
        assertThat(build(1).stage()).isEqualTo("release");
        assertThat(build(1).reason()).isEqualTo("not today");
        List<String> lines = new CopyOnWriteArrayList<>();
        house.builds.output(House.APP, 1, true, lines::add);
        assertThat(lines).contains("-----> Building hello from memory", " !     not today", " !     but tomorrow (plugin test-plugin, pre-release)");
    }

    @Test
    void aBuildThatRunsIsFollowedToItsEnd() throws Exception {
        CountDownLatch end = slowly("first line");
        CompletableFuture<Throwable> push = pushInBackground();
        await().until(() -> house.builds.runningNumber(House.APP).isPresent());
        List<String> lines = new CopyOnWriteArrayList<>();
        Thread follower = Thread.ofVirtual().start(() -> catchThrowable(() -> house.builds.output(House.APP, 1, true, lines::add)));
        await().untilAsserted(() -> assertThat(lines).contains("first line"));
        assertThat(build(1).status()).isEqualTo(Status.RUNNING);
        assertThat(build(1).stage()).isEqualTo("build");

        end.countDown();

        assertThat(push.join()).hasMessage("live");
        follower.join();
        assertThat(lines).contains("=====> Application deployed:");
    }

    @Test
    void whoeverCancelsEndsWhatRunsAndWhatWaitsAndIsNamed() throws Exception {
        house.push();
        slowly();
        CompletableFuture<Throwable> running = pushInBackground();
        await().until(() -> house.builds.runningNumber(House.APP).isPresent());
        CompletableFuture<Throwable> waiting = pushInBackground();
        await().until(() -> house.builds.of(House.APP).getFirst().record().status() == Status.WAITING);
        assertThat(house.builds.open()).hasSize(2);

        Builds.Cancelled cancelled = house.builds.cancel(House.APP, BOB, what -> { });

        assertThat(cancelled.live()).isEmpty();
        assertThat(cancelled.ended()).hasSize(2);
        for (CompletableFuture<Throwable> each : List.of(running, waiting)) {
            assertThat(each.join()).isInstanceOfSatisfying(UserError.class, error -> assertThat(error.exitCode()).isEqualTo(130))
                    .hasMessage("The deploy was cancelled by bob");
        }
        assertThat(build(2).status()).isEqualTo(Status.CANCELED);
        assertThat(build(2).reason()).isEqualTo("The deploy was cancelled by bob");
        assertThat(house.served()).isEqualTo(1);
        assertThat(house.builds.open()).isEmpty();
        assertThat(house.builds.cancel(House.APP, BOB, what -> { })).isEqualTo(new Builds.Cancelled(List.of(), List.of()));
    }

    @Test
    void whatGoesLiveIsNotCancelledAnyMore() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        house.hook(PostDeploy.class, (live, out) -> {
            reached.countDown();
            end.await();
        });
        CompletableFuture<Throwable> push = pushInBackground();
        reached.await();
        CompletableFuture<Builds.Cancelled> cancelled = new CompletableFuture<>();
        CountDownLatch told = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> catchThrowable(() -> cancelled.complete(house.builds.cancel(House.APP, BOB, what -> told.countDown()))));
        told.await();
        end.countDown();

        assertThat(cancelled.join().live()).hasSize(1);
        assertThat(push.join()).hasMessage("live");
        assertThat(build(1).status()).isEqualTo(Status.SUCCEEDED);
        assertThat(house.out.text()).contains("Application deployed:");
    }

    @Test
    void aCancelThatABuilderSwallowsEndsTheDeployAtItsNextStage() throws Exception {
        house.builder.trouble = () -> {
            while (!Thread.interrupted()) {
                Thread.onSpinWait();
            }
        };
        CompletableFuture<Throwable> push = pushInBackground();
        await().until(() -> house.builds.runningNumber(House.APP).isPresent());

        assertThat(house.builds.cancel(House.APP, BOB, what -> { }).ended()).hasSize(1);

        assertThat(push.join()).hasMessage("The deploy was cancelled by bob");
        assertThat(house.app().release()).isEmpty();
    }

    @Test
    void aBuildThatTheServerDidNotOutliveIsSaidToBeAbandoned() throws Exception {
        house.push();
        slowly();
        CompletableFuture<Throwable> push = pushInBackground();
        await().until(() -> house.builds.runningNumber(House.APP).isPresent());
        Path record = house.home.builds(House.APP).resolve("2.jsonl");
        String begun = Files.readString(record);
        house.builds.cancel(House.APP, BOB, what -> { });
        push.join();
        // As if the server had been killed meanwhile.
        Files.writeString(record, begun + "{\"number\":2,");
        List<String> journal = Files.readAllLines(house.home.journal(House.APP));
        Files.write(house.home.journal(House.APP), journal.stream().filter(line -> !line.contains("\"failed\"")).toList());
        house.restart();

        assertThat(build(2).status()).isEqualTo(Status.ABANDONED);
        assertThat(build(2).reason()).contains("The server ended");
        assertThat(build(1).status()).isEqualTo(Status.SUCCEEDED);
    }

    @Test
    void aBuildWhoseReleaseIsLiveSucceededWhateverItsRecordSays() throws Exception {
        house.push();
        Path record = house.home.builds(House.APP).resolve("1.jsonl");
        Files.writeString(record, Files.readString(record).replace("SUCCEEDED", "RUNNING"));
        house.restart();

        assertThat(build(1).status()).isEqualTo(Status.SUCCEEDED);
    }

    @Test
    void onlySoManyBuildsAreKept() throws Exception {
        house.push();
        house.change(app -> app.withSetting(CoreSettings.BUILDS_RETENTION, "2"));
        for (int push = 0; push < 3; push++) {
            house.push();
        }

        assertThat(house.builds.of(House.APP)).extracting(build -> build.record().number()).containsExactly(4, 3);
        assertThat(house.home.builds(House.APP).resolve("2.log")).doesNotExist();
        assertThatThrownBy(() -> house.builds.get(House.APP, 2)).hasMessageContaining("No build record found for hello/2");
    }

    @Test
    void outputsAreKeptUpToASizeAndTheNewestAlways() throws Exception {
        house.push();
        house.change(app -> app.withSetting(CoreSettings.BUILDS_SIZE, "2k"));
        house.builder.trouble = () -> house.builder.out.line("x".repeat(3000));
        house.push();
        house.builder.trouble = () -> house.builder.out.line("y".repeat(1900));
        house.push();

        assertThat(house.home.builds(House.APP).resolve("2.log")).doesNotExist();
        assertThat(house.builds.of(House.APP)).hasSize(3);
        assertThatThrownBy(() -> house.builds.output(House.APP, 2, false, line -> { })).hasMessageContaining("is not kept");
        List<String> lines = new CopyOnWriteArrayList<>();
        house.builds.output(House.APP, 3, false, lines::add);
        assertThat(lines.getLast()).contains("The rest of the output is not kept");
    }

    @Test
    void anOutputThatCannotBeKeptIsShownAndTheDeployGoesOn() throws Exception {
        house.push();
        Files.createDirectory(house.home.builds(House.APP).resolve("2.log"));

        house.push();

        assertThat(house.served()).isEqualTo(2);
        assertThat(house.out.text()).contains("The output is shown here, but not kept on the server");
    }

    @Test
    void aCleanupSaysWhatItRemoved() throws Exception {
        house.push();
        house.change(app -> app.withSetting(CoreSettings.BUILDS_RETENTION, "1000").withSetting(CoreSettings.KEPT_RELEASES, "1"));
        house.push();
        await().until(() -> !house.deploys.isDeploying(House.APP));
        house.change(app -> app.withSetting(CoreSettings.BUILDS_RETENTION, "1"));
        house.images.put("hokku-test/gone:3", "sha256:gone");
        Path trash = Files.createDirectory(house.home.trash().resolve("gone"));
        Files.writeString(trash.resolve("file"), "12345");

        Housekeeping.Freed freed = house.housekeeping.cleanAll(false);

        assertThat(freed.builds().files()).isEqualTo(2);
        assertThat(freed.trash()).isEqualTo(new hokku.core.state.BuildRecords.Removed(1, 5));
        assertThat(freed.images()).contains("hokku-test/gone:3");
        assertThat(freed.busy()).isEmpty();
        assertThat(freed.failed()).isEmpty();
        assertThat(trash).doesNotExist();
        assertThat(house.images.keySet()).containsExactly("hokku-test/hello:2");
        assertThat(house.housekeeping.disks()).hasSize(1);
    }

    @Test
    void aCleanupLeavesWhatIsBeingDeployedAlone() throws Exception {
        CountDownLatch end = slowly();
        CompletableFuture<Throwable> push = pushInBackground();
        await().until(() -> house.builds.runningNumber(House.APP).isPresent());

        assertThat(house.housekeeping.clean(House.APP).busy()).containsExactly(House.APP);

        end.countDown();
        assertThat(push.join()).hasMessage("live");
    }
}
