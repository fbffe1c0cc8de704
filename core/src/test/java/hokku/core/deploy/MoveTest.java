package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Endpoint;
import hokku.api.Instance;
import hokku.api.ProcessType;
import hokku.api.UserError;
import hokku.core.deploy.FaultPoints.Point;
import hokku.core.state.ReleaseJournal.Marker;
import hokku.testkit.FakeScheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An app goes from one scheduler to another.
class MoveTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final AppName EARLIER = AppName.of("earlier");

    @TempDir
    private Path folder;
    private House house;
    private FakeScheduler local;
    private FakeScheduler swarm;

    @BeforeEach
    void build() throws Exception {
        house = new House(folder);
        local = house.scheduler;
        swarm = house.install("swarm");
        house.push();
    }

    @AfterEach
    void close() {
        house.reconciler.close();
    }

    private void select(String scheduler) throws Exception {
        house.change(app -> app.withSetting(CoreSettings.SCHEDULER_SELECTED, scheduler));
    }

    private void selectForAll(String scheduler) throws Exception {
        house.apps.changeGlobal(global -> global.withSetting(CoreSettings.SCHEDULER_SELECTED, scheduler), Apps.Restart.IF_NEEDED, house.out);
    }

    private void disableChecks() throws Exception {
        house.change(app -> app.withSetting(CoreSettings.CHECKS_DISABLED, "web"));
        house.apps.restart(House.APP, house.out);
        await().untilAsserted(() -> assertThat(of(local)).hasSize(1));
    }

    private List<Instance> of(FakeScheduler scheduler) {
        return scheduler.instances(house.app().id());
    }

    private String journalled() {
        return house.catalogue.journal(House.APP).current().map(Marker::scheduler).orElseThrow();
    }

    private List<Endpoint> routed() {
        return house.proxy.routes.get(House.APP).endpoints();
    }

    private void assertServedBy(FakeScheduler scheduler) {
        assertThat(of(scheduler)).hasSize(1).allMatch(each -> each.state() == Instance.State.RUNNING);
        assertThat(routed()).isEqualTo(of(scheduler).getFirst().endpoints());
        assertThat(journalled()).isEqualTo(scheduler.name());
    }

    private void assertStayed(FakeScheduler scheduler, FakeScheduler other) {
        assertServedBy(scheduler);
        assertThat(of(other)).isEmpty();
        assertThat(house.app().value(CoreSettings.SCHEDULER_SELECTED)).contains(scheduler.name());
    }

    @Test
    void anAppMovesToAnotherSchedulerAndBack() throws Exception {
        select("swarm");

        await().untilAsserted(() -> assertStayed(swarm, local));
        assertThat(house.apps.instances(House.APP)).isEqualTo(of(swarm));

        select("");

        await().untilAsserted(() -> assertStayed(local, swarm));
        assertThat(house.app().release().orElseThrow().number()).isEqualTo(1);
    }

    @Test
    void whatRanBeforeFinishesWhatItServes() throws Exception {
        house.proxy.drained = new CountDownLatch(1);

        select("swarm");

        assertServedBy(swarm);
        assertThat(of(local)).hasSize(1);
        assertThat(house.apps.live(House.APP)).isEqualTo(of(swarm));
        house.proxy.drained.countDown();
        await().untilAsserted(() -> assertThat(of(local)).isEmpty());
    }

    @Test
    void aMoveThatCannotStartChangesNothing() throws Exception {
        swarm.failStartsOf(spec -> true);

        assertThatThrownBy(() -> select("swarm")).isInstanceOf(UserError.class);

        assertStayed(local, swarm);
    }

    @Test
    void aMoveThatTheProxyCannotFollowChangesNothing() throws Exception {
        AtomicBoolean committing = new AtomicBoolean();
        House.Trouble away = () -> {
            throw new UserError("no route");
        };
        house.proxy.atPrepare = away;
        assertThatThrownBy(() -> select("swarm")).isInstanceOf(UserError.class);
        assertStayed(local, swarm);
        house.proxy.atPrepare = () -> { };
        house.proxy.atCommit = () -> {
            committing.set(!of(swarm).isEmpty());
            away.strike();
        };

        assertThatThrownBy(() -> select("swarm")).isInstanceOf(UserError.class);

        assertThat(committing).isTrue();
        assertStayed(local, swarm);
        house.proxy.atCommit = () -> { };
        house.restart();
        assertStayed(local, swarm);
    }

    @Test
    void aSchedulerThatIsNotInstalledIsRefusedWithThoseThatAre() throws Exception {
        AppName bare = house.apps.create(AppName.of("bare")).name();
        String message = "There is no scheduler nomad. Installed schedulers: docker-local, swarm";

        assertThatThrownBy(() -> select("nomad")).isInstanceOf(UserError.class).hasMessageContaining(message);
        assertThatThrownBy(() -> selectForAll("nomad")).isInstanceOf(UserError.class).hasMessageContaining(message);
        assertThatThrownBy(() -> house.apps.change(bare, app -> app.withSetting(CoreSettings.SCHEDULER_SELECTED, "nomad"), Apps.Restart.NEVER,
                house.out)).isInstanceOf(UserError.class).hasMessageContaining(message);

        assertStayed(local, swarm);
        assertThat(house.catalogue.global().settings()).isEmpty();
        assertThat(house.catalogue.get(bare).settings()).isEmpty();
    }

    @Test
    void toSelectWhatIsSelectedAlreadyReplacesNothing() throws Exception {
        List<Instance> before = of(local);

        select("docker-local");
        selectForAll("docker-local");

        assertThat(of(local)).isEqualTo(before);
        assertStayed(local, swarm);
    }

    @Test
    void whatMustNotRunTwiceStopsBeforeItStartsElsewhere() throws Exception {
        disableChecks();
        List<Integer> beside = new ArrayList<>();
        swarm.failStartsOf(spec -> {
            beside.add(local.running(ProcessType.WEB));
            return false;
        });

        select("swarm");

        assertThat(beside).containsExactly(0);
        assertThat(house.out.text()).contains("Zero downtime is disabled, stopping currently running containers (web)");
        assertStayed(swarm, local);
    }

    @Test
    void whatHadToStopComesBackWhereItRanAndIsReachedAgain() throws Exception {
        disableChecks();
        house.reconciler.start();
        assertThat(house.reconciler.awaitSettled(SOON)).isTrue();
        Marker before = house.catalogue.journal(House.APP).current().orElseThrow();
        swarm.failStartsOf(spec -> true);

        assertThatThrownBy(() -> select("swarm")).isInstanceOf(UserError.class);

        assertThat(of(local)).hasSize(1).allMatch(each -> each.deploy().equals(before.deployment()));
        await().untilAsserted(() -> assertStayed(local, swarm));
        swarm.failStartsOf(spec -> false);
        house.proxy.atPrepare = () -> {
            throw new UserError("no route");
        };
        assertThatThrownBy(() -> select("swarm")).isInstanceOf(UserError.class);
        house.proxy.atPrepare = () -> { };
        assertThat(of(local)).hasSize(1);
        await().atMost(SOON).untilAsserted(() -> assertStayed(local, swarm));
    }

    @Test
    void whatCannotBeStoppedAndMustNotRunTwiceDoesNotMove() throws Exception {
        disableChecks();
        local.away(true);

        assertThatThrownBy(() -> select("swarm")).isInstanceOfSatisfying(UserError.class, error -> {
            assertThat(error.exitCode()).isEqualTo(UserError.UNAVAILABLE);
            assertThat(error.getMessage()).contains("web of hello", "must end on docker-local before it starts on swarm");
        });

        local.away(false);
        assertStayed(local, swarm);
    }

    @Test
    void anAppLeavesASchedulerThatDoesNotAnswerAndWhatItLeftThereEndsOnceThatDoes() throws Exception {
        house.reconciler.start();
        assertThat(house.reconciler.awaitSettled(SOON)).isTrue();
        local.away(true);

        select("swarm");

        assertServedBy(swarm);
        local.away(false);
        assertThat(of(local)).hasSize(1);
        local.restartEngine();
        await().untilAsserted(() -> assertStayed(swarm, local));
    }

    @Test
    void aSelectionThatIsStoredOnlyTakesEffectWithTheNextRollout() throws Exception {
        List<Instance> before = of(local);
        house.apps.change(House.APP, app -> app.withSetting(CoreSettings.SCHEDULER_SELECTED, "swarm"), Apps.Restart.NEVER, house.out);
        house.restart();
        house.reconciler.start();
        assertThat(house.reconciler.awaitSettled(SOON)).isTrue();

        assertServedBy(local);
        assertThat(house.apps.live(House.APP)).isEqualTo(before);
        assertThat(of(swarm)).isEmpty();

        house.scale(2);

        assertThat(of(swarm)).hasSize(2);
        assertThat(routed()).hasSize(2);
        await().untilAsserted(() -> assertThat(of(local)).isEmpty());
    }

    @Test
    void aSelectionForAllMovesThoseThatHaveNoneOfTheirOwn() throws Exception {
        house.push(EARLIER);
        house.apps.change(EARLIER, app -> app.withSetting(CoreSettings.SCHEDULER_SELECTED, "docker-local"), Apps.Restart.IF_NEEDED, house.out);
        List<Instance> before = local.instances(house.catalogue.get(EARLIER).id());

        selectForAll("swarm");

        await().untilAsserted(() -> assertStayed(swarm, local));
        assertThat(local.instances(house.catalogue.get(EARLIER).id())).isEqualTo(before);
        assertThat(swarm.instances(house.catalogue.get(EARLIER).id())).isEmpty();
    }

    @Test
    void anAppThatCannotFollowASelectionForAllStaysWhereItIsUntilItIsRestarted() throws Exception {
        house.push(EARLIER);
        swarm.failStartsOf(spec -> spec.app().equals(House.APP));

        assertThatThrownBy(() -> selectForAll("swarm")).isInstanceOf(UserError.class).hasMessageContaining("could not follow it and run as before: hello");

        assertServedBy(local);
        swarm.failStartsOf(spec -> false);
        house.restart();
        house.reconciler.start();
        assertThat(house.reconciler.awaitSettled(SOON)).isTrue();
        assertServedBy(local);
        assertThat(of(swarm)).isEmpty();
        assertThat(swarm.instances(house.catalogue.get(EARLIER).id())).hasSize(1);

        house.apps.restart(House.APP, house.out);

        await().untilAsserted(() -> assertStayed(swarm, local));
    }

    @Test
    void whatGrowsAfterItCouldNotFollowMovesAsAWhole() throws Exception {
        String before = house.catalogue.journal(House.APP).current().orElseThrow().deployment();
        swarm.failStartsOf(spec -> true);
        assertThatThrownBy(() -> selectForAll("swarm")).isInstanceOf(UserError.class);
        swarm.failStartsOf(spec -> false);

        house.scale(2);

        assertThat(of(swarm)).hasSize(2).noneMatch(each -> each.deploy().equals(before));
        await().untilAsserted(() -> assertThat(of(local)).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"CLEARED,false", "STARTED,false", "PREPARED,false", "JOURNALLED,true", "COMMITTED,true", "ADOPTED,true", "MOVED,true", "RETIRED,true"})
    void aKillInAMoveEndsWhereTheJournalSays(Point point, boolean committed) throws Exception {
        killAt(point);

        assertThat(journalled()).isEqualTo(committed ? "swarm" : "docker-local");
        await().atMost(SOON).untilAsserted(() -> assertStayed(committed ? swarm : local, committed ? local : swarm));
    }

    @ParameterizedTest
    @CsvSource({"CLEARED,false", "STARTED,false", "PREPARED,false", "JOURNALLED,true", "COMMITTED,true", "ADOPTED,true", "MOVED,true"})
    void aKillInAMoveWithoutZeroDowntimeNeverLeavesTwo(Point point, boolean committed) throws Exception {
        disableChecks();
        List<Integer> beside = new ArrayList<>();
        local.failStartsOf(spec -> {
            beside.add(swarm.running(ProcessType.WEB));
            return false;
        });

        killAt(point);

        await().atMost(SOON).untilAsserted(() -> assertStayed(committed ? swarm : local, committed ? local : swarm));
        assertThat(beside).hasSize(committed ? 0 : 1).containsOnly(committed ? new Integer[0] : new Integer[] {0});
    }

    /// Ends the process in the middle of a move, and starts it again.
    private void killAt(Point point) throws Exception {
        CountDownLatch killed = new CountDownLatch(1);
        house.faults = new FaultPoints(point.name(), () -> {
            killed.countDown();
            throw new Killed();
        });
        house.restart();
        try {
            select("swarm");
        } catch (Killed here) {
            assertThat(here).isNotNull();
        }
        assertThat(killed.await(SOON.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        house.faults = FaultPoints.NONE;
        house.restart();
        house.reconciler.start();
        assertThat(house.reconciler.awaitSettled(SOON)).isTrue();
    }

    /// Nothing that goes on after it is caught may count: only what is on disk, and in the schedulers, does.
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    /// Leaves a container on the scheduler that the app went away from, as it is while it finishes what it serves.
    private void moveWithLeftover() throws Exception {
        local.away(true);
        select("swarm");
        local.away(false);
        assertThat(of(local)).hasSize(1);
    }

    @Test
    void toStopAnAppEndsWhatItHasElsewhereToo() throws Exception {
        moveWithLeftover();

        house.change(app -> app.withStopped(true));

        assertThat(of(local)).isEmpty();
        assertThat(of(swarm)).isEmpty();
        house.change(app -> app.withStopped(false));
        assertStayed(swarm, local);
    }

    @Test
    void anAppStopsAlthoughAnotherSchedulerDoesNotAnswer() throws Exception {
        moveWithLeftover();
        local.away(true);

        house.change(app -> app.withStopped(true));

        assertThat(of(swarm)).isEmpty();
        assertThat(house.out.text()).contains("What the scheduler docker-local may still hold of hello is left");
        local.away(false);
        house.reconciler.start();
        await().untilAsserted(() -> assertThat(of(local)).isEmpty());
    }

    @Test
    void toDestroyAnAppRemovesItFromEveryScheduler() throws Exception {
        moveWithLeftover();
        App app = house.app();

        house.apps.destroy(House.APP, house.out);

        assertThat(local.calls()).contains("destroy hello");
        assertThat(swarm.calls()).contains("destroy hello");
        assertThat(local.instances(app.id())).isEmpty();
        assertThat(swarm.instances(app.id())).isEmpty();
    }

    @Test
    void anAppIsDestroyedAlthoughAnotherSchedulerDoesNotAnswerButNotWithoutItsOwn() throws Exception {
        house.push(EARLIER);
        moveWithLeftover();
        App app = house.app();
        swarm.away(true);
        assertThatThrownBy(() -> house.apps.destroy(House.APP, house.out)).isInstanceOf(UserError.class);
        assertThat(house.apps.find(House.APP)).isPresent();
        swarm.away(false);
        local.away(true);

        house.apps.destroy(House.APP, house.out);

        assertThat(house.out.text()).contains("What the scheduler docker-local may still hold of hello is left", "next start of the server");
        local.away(false);
        house.restart();
        house.reconciler.start();
        await().untilAsserted(() -> assertThat(local.instances(app.id())).isEmpty());
    }

    @Test
    void anAppThatMovedIsRenamedAndClonedWhereItIs() throws Exception {
        select("swarm");
        AppName copy = AppName.of("copy");
        house.clones.copy(House.APP, copy);
        house.apps.change(copy, app -> app.withStopped(false), Apps.Restart.IF_NEEDED, house.out);
        assertThat(swarm.instances(house.catalogue.get(copy).id())).hasSize(1);
        assertThat(local.instances(house.catalogue.get(copy).id())).isEmpty();

        AppName renamed = AppName.of("renamed");
        house.renames.rename(House.APP, renamed, house.out);

        assertThat(house.proxy.routes.get(renamed).endpoints())
                .isEqualTo(swarm.instances(house.catalogue.get(renamed).id()).getFirst().endpoints());
    }

    @Test
    void oneThatRunsElsewhereServesUntilTheAppsOwnSchedulerRunsIt() throws Exception {
        moveWithLeftover();
        swarm.retire(house.app().id(), instance -> true);
        swarm.failStartsOf(spec -> true);
        house.restart();

        house.reconciler.start();

        assertThat(house.reconciler.awaitSettled(SOON)).isTrue();
        assertThat(of(local)).hasSize(1);
        swarm.failStartsOf(spec -> false);
        await().atMost(SOON).untilAsserted(() -> assertStayed(swarm, local));
    }

    @Test
    void aSchedulerThatDoesNotAnswerKeepsNoAppOfAnotherFromBeingRepaired() throws Exception {
        house.push(EARLIER);
        select("swarm");
        await().untilAsserted(() -> assertThat(of(local)).isEmpty());
        local.retire(house.catalogue.get(EARLIER).id(), instance -> true);
        List<Instance> inSwarm = of(swarm);
        house.proxy.routes.clear();
        swarm.away(true);
        house.restart();
        List<AppName> prepared = new java.util.concurrent.CopyOnWriteArrayList<>();
        house.hook(hokku.api.hook.PreRoute.class, (route, out) -> {
            prepared.add(route.app().name());
            return route;
        });

        house.reconciler.start();

        await().untilAsserted(() -> assertThat(house.proxy.routes).containsOnlyKeys(EARLIER));
        assertThat(local.instances(house.catalogue.get(EARLIER).id())).hasSize(1);
        assertThat(house.reconciler.isSettled()).isFalse();
        long looks = prepared.stream().filter(EARLIER::equals).count();
        swarm.away(false);
        assertThat(house.reconciler.awaitSettled(SOON)).isTrue();
        assertThat(of(swarm)).isEqualTo(inSwarm);
        assertServedBy(swarm);
        assertThat(prepared.stream().filter(EARLIER::equals).count()).as("looks at an app that was whole").isLessThanOrEqualTo(looks + 1);
    }

    @Test
    void nothingIsRemovedOfASchedulerThatCannotBeSeenAndStraysGoWhenItCan() throws Exception {
        house.push(EARLIER);
        moveWithLeftover();
        local.away(true);
        house.restart();

        house.reconciler.start();

        await().untilAsserted(() -> assertServedBy(swarm));
        assertThat(house.reconciler.isSettled()).isFalse();
        local.away(false);
        assertThat(house.reconciler.awaitSettled(SOON)).isTrue();
        await().untilAsserted(() -> assertStayed(swarm, local));
        assertThat(local.instances(house.catalogue.get(EARLIER).id())).hasSize(1);
    }

    @Test
    void aJournalThatNamesNoSchedulerMeansTheSelectedOne() throws Exception {
        Path journal = house.home.journal(House.APP);
        String text = java.nio.file.Files.readString(journal);
        assertThat(text).contains("\"scheduler\":\"docker-local\",");
        java.nio.file.Files.writeString(journal, text.replace("\"scheduler\":\"docker-local\",", ""));
        house.restart();

        selectForAll("swarm");

        await().untilAsserted(() -> assertStayed(swarm, local));
    }

    @Test
    void anAppThatWasScaledWhileItMovesHasTheNewScaleThere() throws Exception {
        house.change(app -> app.withSetting(CoreSettings.SCHEDULER_SELECTED, "swarm").withScale(new TreeMap<>(Map.of(ProcessType.WEB, 2))));

        assertThat(of(swarm)).hasSize(2);
        await().untilAsserted(() -> assertThat(of(local)).isEmpty());
    }
}
