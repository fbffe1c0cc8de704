package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of the containers that a deploy replaced.
class RetirementsTest {
    @TempDir
    private Path folder;
    private House house;

    @BeforeEach
    void build() throws Exception {
        house = new House(folder);
    }

    @Test
    void containersThatOnlyFinishWhatTheyServeAreNotLiveAnyMore() throws Exception {
        house.push();
        house.proxy.drained = new CountDownLatch(1);

        house.apps.restart(House.APP, House.ALICE, house.out);
        house.scale(0);

        assertThat(house.apps.live(House.APP)).isEmpty();
        assertThat(house.apps.instances(House.APP)).hasSize(2);
        house.proxy.drained.countDown();
        await().untilAsserted(() -> assertThat(house.apps.instances(House.APP)).isEmpty());
    }

    @Test
    void containersThatAreAboutToEndDoNotComeBackIntoServiceWhenTheAppGrowsAgain() throws Exception {
        house.push();
        house.scale(3);
        house.proxy.drained = new CountDownLatch(1);
        house.scale(1);
        house.scale(3);
        var served = house.proxy.routes.get(House.APP).endpoints();

        house.proxy.drained.countDown();

        await().until(() -> house.plugins.leases() == 0);
        assertThat(house.instances().stream().flatMap(instance -> instance.endpoints().stream()))
                .containsExactlyInAnyOrderElementsOf(served).hasSize(3);
    }

    @Test
    void formerContainersThatCouldNotBeEndedAreEndedLater() throws Exception {
        house.push();
        house.scheduler.failRetirements(true);
        house.push();
        assertThat(house.instances()).hasSize(2);

        house.scheduler.failRetirements(false);

        await().untilAsserted(() -> assertThat(house.instances()).hasSize(1));
        assertThat(house.served()).isEqualTo(2);
    }

    @Test
    void pluginsStayLoadedUntilFormerContainersAreGone() throws Exception {
        house.push();
        house.proxy.drained = new CountDownLatch(1);
        house.push();
        assertThat(house.plugins.leases()).isEqualTo(1);

        house.proxy.drained.countDown();

        await().untilAsserted(() -> assertThat(house.plugins.leases()).isZero());
        assertThat(house.instances()).hasSize(1);
    }
}
