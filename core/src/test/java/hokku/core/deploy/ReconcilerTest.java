package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Endpoint;
import hokku.api.UserError;
import hokku.api.hook.PreStart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconcilerTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final AppName EARLIER = AppName.of("earlier");

    @TempDir
    private Path folder;
    private House house;

    @BeforeEach
    void build() throws Exception {
        house = new House(folder);
        house.push(EARLIER);
        house.push();
    }

    @AfterEach
    void close() {
        house.reconciler.close();
    }

    private AppId id(AppName app) {
        return house.catalogue.get(app).id();
    }

    /// The server ends, and everything that it started with it.
    private void loseContainers() throws Exception {
        for (AppName app : List.of(EARLIER, House.APP)) {
            house.scheduler.retire(id(app), instance -> true);
        }
        house.restart();
    }

    @Test
    void theNextStartMakesWhatRunsEqualToTheJournal() throws Exception {
        house.scheduler.retire(house.app().id(), instance -> true);
        house.proxy.routes.clear();
        house.restart();

        house.reconciler.start();

        assertThat(house.reconciler.awaitSettled(SOON)).isTrue();
        assertThat(house.served()).isEqualTo(1);
    }

    @Test
    void theNextStartLetsFormerContainersFinishWhatTheyServe() throws Exception {
        house.proxy.drained = new CountDownLatch(1);
        house.push();
        house.restart();
        house.reconciler.start();
        assertThat(house.reconciler.awaitSettled(SOON)).isTrue();
        assertThat(house.instances()).hasSize(2);

        house.proxy.drained.countDown();

        await().untilAsserted(() -> assertThat(house.instances()).hasSize(1));
    }

    @Test
    void anEngineThatIsAwayAtTheStartIsWaitedFor() throws Exception {
        house.scheduler.away(true);
        house.restart();
        house.reconciler.start();
        assertThat(house.reconciler.isSettled()).isFalse();

        house.scheduler.away(false);

        assertThat(house.reconciler.awaitSettled(SOON)).isTrue();
        assertThat(house.served()).isEqualTo(1);
    }

    @Test
    void containersThatComeBackAtAnotherAddressAreFollowed() throws Exception {
        house.reconciler.start();
        assertThat(house.reconciler.awaitSettled(SOON)).isTrue();
        List<Endpoint> before = house.proxy.routes.get(House.APP).endpoints();

        house.scheduler.restartEngine();

        await().untilAsserted(() -> {
            assertThat(house.served()).isEqualTo(1);
            assertThat(house.proxy.routes.get(House.APP).endpoints()).isNotEqualTo(before);
        });
    }

    @Test
    void anAppThatCannotBeReadKeepsItsContainersAndItsRoute() throws Exception {
        AppId unreadable = id(EARLIER);
        Files.writeString(house.home.desired(EARLIER), "{ broken");
        house.restart();

        house.reconciler.start();

        assertThat(house.reconciler.awaitSettled(SOON)).isTrue();
        assertThat(house.scheduler.instances(unreadable)).hasSize(1);
        assertThat(house.proxy.routes).containsKey(EARLIER);
    }

    @Test
    void aDefectThatStrikesOneAppDoesNotKeepTheOthersFromBeingRepaired() throws Exception {
        loseContainers();
        house.scheduler.failRetirements(true);

        house.reconciler.start();

        assertThat(house.reconciler.awaitSettled(SOON)).isTrue();
        assertThat(house.scheduler.instances()).hasSize(2);
    }

    @Test
    void anAppThatTakesLongToStartDoesNotHoldUpTheOthers() throws Exception {
        loseContainers();
        CountDownLatch started = new CountDownLatch(1);
        house.hook(PreStart.class, (spec, out) -> {
            if (spec.app().equals(EARLIER)) {
                started.await();
            }
            return spec;
        });

        house.reconciler.start();

        await().untilAsserted(() -> assertThat(house.scheduler.instances(id(House.APP))).hasSize(1));
        started.countDown();
        assertThat(house.reconciler.awaitSettled(SOON)).isTrue();
        assertThat(house.scheduler.instances(id(EARLIER))).hasSize(1);
    }

    @Test
    void containersStartAlthoughTheProxyIsAway() throws Exception {
        loseContainers();
        house.proxy.routes.clear();
        AtomicBoolean away = new AtomicBoolean(true);
        house.proxy.atCommit = () -> {
            if (away.get()) {
                throw new UserError(UserError.UNAVAILABLE, "nginx does not run");
            }
        };

        house.reconciler.start();

        await().untilAsserted(() -> assertThat(house.scheduler.instances()).hasSize(2));
        assertThat(house.reconciler.isSettled()).isFalse();
        away.set(false);
        assertThat(house.reconciler.awaitSettled(SOON)).isTrue();
        assertThat(house.proxy.routes).containsKeys(EARLIER, House.APP);
    }

    @Test
    void anAddressThatTheProxyCouldNotTakeIsTakenALittleLater() throws Exception {
        house.reconciler.start();
        assertThat(house.reconciler.awaitSettled(SOON)).isTrue();
        List<Endpoint> before = house.proxy.routes.get(House.APP).endpoints();
        AtomicInteger refusals = new AtomicInteger(2);
        house.proxy.atCommit = () -> {
            if (refusals.getAndDecrement() > 0) {
                throw new UserError(UserError.UNAVAILABLE, "nginx does not run");
            }
        };

        house.scheduler.restartEngine();

        await().untilAsserted(() -> {
            assertThat(house.served()).isEqualTo(1);
            assertThat(house.proxy.routes.get(House.APP).endpoints()).isNotEqualTo(before);
            assertThat(house.proxy.routes.get(EARLIER).endpoints())
                    .isEqualTo(house.scheduler.instances(id(EARLIER)).getFirst().endpoints());
        });
    }

    @Test
    void aStartThatFailsIsNotTriedAgainAtOnceBecauseTheEngineToldOfIt() throws Exception {
        loseContainers();
        AtomicInteger attempts = new AtomicInteger();
        house.hook(PreStart.class, (spec, out) -> {
            attempts.incrementAndGet();
            // Tells of a change, as each container that is made and removed again does.
            house.scheduler.retire(spec.id(), instance -> false);
            throw new UserError("it does not start");
        });

        house.reconciler.start();

        assertThat(house.reconciler.awaitSettled(SOON)).isTrue();
        await().during(Duration.ofMillis(800)).atMost(SOON).until(() -> attempts.get() <= 4);
        await().atMost(SOON).until(() -> attempts.get() > 2);
    }
}
