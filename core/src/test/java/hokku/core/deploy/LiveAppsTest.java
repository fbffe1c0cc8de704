package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.Apps;
import hokku.api.Endpoint;
import hokku.api.ProcessType;
import hokku.api.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a change of an app does to what runs.
class LiveAppsTest {
    @TempDir
    private Path folder;
    private House house;

    @BeforeEach
    void build() throws Exception {
        house = new House(folder);
    }

    @Test
    void aChangeOfVariablesRollsOutAndAFailedOneLeavesThemAsTheyWere() throws Exception {
        house.push();
        house.change(app -> app.withEnv(app.env().with("A", "1")));
        assertThat(house.app().env().get("A")).contains("1");
        house.scheduler.failStartsOf(spec -> true);

        assertThatThrownBy(() -> house.change(app -> app.withEnv(app.env().with("A", "2"))))
                .isInstanceOf(UserError.class);

        assertThat(house.app().env().get("A")).contains("1");
        assertThat(house.served()).isEqualTo(1);
        house.restart();
        assertThat(house.app().env().get("A")).contains("1");
    }

    @Test
    void scalingUpKeepsWhatRuns() throws Exception {
        house.push();
        String first = house.instances().getFirst().container();

        house.scale(3);

        assertThat(house.instances()).hasSize(3).anyMatch(instance -> instance.container().equals(first));
        assertThat(house.proxy.routes.get(House.APP).endpoints()).hasSize(3);

        house.scale(1);

        assertThat(house.proxy.routes.get(House.APP).endpoints()).hasSize(1);
        await().untilAsserted(() -> assertThat(house.instances()).hasSize(1)
                .allMatch(instance -> instance.container().equals(first)));
    }

    @Test
    void requestsAreLedPastContainersThatMakeRoomForANewRelease() throws Exception {
        house.push();
        house.scale(2);
        List<Endpoint> former = house.proxy.routes.get(House.APP).endpoints();
        List<List<Endpoint>> led = new ArrayList<>();
        house.scheduler.leadMeanwhile(all -> all.subList(0, 1));
        house.scheduler.failStartsOf(spec -> {
            led.add(house.proxy.routes.get(House.APP).endpoints());
            return true;
        });

        assertThatThrownBy(() -> house.change(app -> app.withEnv(app.env().with("A", "2")))).isInstanceOf(UserError.class);

        assertThat(led.getFirst()).containsExactly(former.getFirst());
        assertThat(house.proxy.routes.get(House.APP).endpoints()).isEqualTo(former);
        house.scheduler.failStartsOf(spec -> false);
        house.change(app -> app.withEnv(app.env().with("A", "3")));
        assertThat(house.proxy.routes.get(House.APP).endpoints()).hasSize(2).doesNotContainAnyElementsOf(former);
    }

    @Test
    void aScaleThatFailsLeavesWhatRanBefore() throws Exception {
        house.push();
        String first = house.instances().getFirst().container();
        house.scheduler.failStartsOf(spec -> true);

        assertThatThrownBy(() -> house.scale(3)).isInstanceOf(UserError.class);

        assertThat(house.instances()).hasSize(1).allMatch(instance -> instance.container().equals(first));
        assertThat(house.app().scale()).isEmpty();
        assertThat(house.served()).isEqualTo(1);
    }

    @Test
    void aScaleThatIsStoredForTheNextDeployChangesNothingOfWhatRuns() throws Exception {
        house.apps.create(House.APP);
        house.apps.change(House.APP, app -> app.withScale(new TreeMap<>(Map.of(ProcessType.WEB, 2))), Apps.Restart.NEVER, house.out);
        house.push();
        house.apps.change(House.APP, app -> app.withScale(new TreeMap<>(Map.of(ProcessType.WEB, 1))), Apps.Restart.NEVER, house.out);
        house.restart();

        house.reconciler.start();

        assertThat(house.reconciler.awaitSettled(Duration.ofSeconds(10))).isTrue();
        assertThat(house.instances()).hasSize(2);
        assertThat(house.proxy.routes.get(House.APP).endpoints()).hasSize(2);
        house.reconciler.close();
    }

    @Test
    void aStoppedAppHasNoContainersAndComesBackWithItsRelease() throws Exception {
        house.push();
        house.change(app -> app.withStopped(true));
        assertThat(house.instances()).isEmpty();
        assertThat(house.proxy.routes.get(House.APP).endpoints()).isEmpty();

        house.change(app -> app.withStopped(false));

        assertThat(house.served()).isEqualTo(1);
    }

    @Test
    void aPluginRestartsWhatRunsAndNothingElse() throws Exception {
        house.apps.create(House.APP);
        assertThatThrownBy(() -> house.apps.restart(House.APP, house.out)).isInstanceOf(UserError.class).hasMessageContaining("has not been deployed");
        house.push();
        String first = house.instances().getFirst().container();

        house.apps.restart(House.APP, house.out);

        assertThat(house.served()).isEqualTo(1);
        await().untilAsserted(() -> assertThat(house.instances()).hasSize(1).noneMatch(each -> each.container().equals(first)));
        house.change(app -> app.withStopped(true));
        house.apps.restart(House.APP, house.out);
        assertThat(house.instances()).isEmpty();
        assertThat(house.app().stopped()).isTrue();
    }

    @Test
    void aStopThatFailedHalfWayIsFinishedByTheNextOne() throws Exception {
        house.push();
        house.scheduler.failRetirements(true);
        assertThatThrownBy(() -> house.change(app -> app.withStopped(true)))
                .isInstanceOf(RuntimeException.class);
        house.scheduler.failRetirements(false);

        house.change(app -> app.withStopped(true));

        assertThat(house.instances()).isEmpty();
    }

    @Test
    void whatIsLiveHoldsAlthoughItsFileCouldNotBeMoved() throws Exception {
        house.push();
        Path desired = house.home.desired(House.APP);
        house.proxy.atCommit = () -> {
            Files.delete(desired);
            Files.createDirectories(desired.resolve("in-the-way"));
        };

        house.change(app -> app.withEnv(app.env().with("A", "1")));

        assertThat(house.out.text()).contains("could not finish its records");
        assertThat(house.app().env().get("A")).contains("1");
    }

    @Test
    void anAppIsDestroyedEvenWhenTheProxyCannotForgetIt() throws Exception {
        house.push();
        house.proxy.atUnroute = () -> {
            throw new UserError("no space");
        };

        house.apps.destroy(House.APP, house.out);

        assertThat(house.apps.find(House.APP)).isEmpty();
        assertThat(house.scheduler.instances()).isEmpty();
        assertThat(house.out.text()).contains("The route of hello is left: no space");
    }
}
