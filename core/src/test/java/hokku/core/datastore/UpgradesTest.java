package hokku.core.datastore;

import static hokku.core.datastore.ServiceHouse.DB;
import static hokku.core.datastore.ServiceHouse.HELLO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.Apps;
import hokku.api.Service;
import hokku.api.UserError;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpgradesTest {
    private static final String NEXT = "postgres:2";

    @TempDir
    private Path folder;
    private ServiceHouse house;
    private Upgrades upgrades;
    private Service before;

    @BeforeEach
    void build() throws Exception {
        house = new ServiceHouse(folder);
        upgrades = house.services.upgrades();
        before = house.create("db");
        house.put(before, "one");
        house.services.links().link(house.datastore, before, HELLO, Optional.empty(), "", Apps.Restart.NEVER, house.out);
    }

    @AfterEach
    void end() throws Exception {
        house.watch.close();
    }

    private Service upgrade() throws InterruptedException {
        return upgrades.upgrade(house.datastore, DB, NEXT, house.out);
    }

    @Test
    void theDataIsCarriedOverToAVolumeOfItsOwnAndTheFormerOneIsKept() throws Exception {
        Service after = upgrade();

        assertThat(after).isEqualTo(house.get(DB));
        assertThat(after.image()).isEqualTo(NEXT);
        assertThat(house.containers.image(after)).isEqualTo(NEXT);
        assertThat(house.containers.volume(after).data()).containsOnlyKeys("one");
        assertThat(house.containers.volumes()).containsExactlyInAnyOrder(before.volume(), after.volume());
        assertThat(house.containers.all()).hasSize(1);
        assertThat(house.hello().links()).singleElement().matches(link -> link.service().equals(before.id()));
        house.put(after, "two");
    }

    @Test
    void anUpgradeThatDoesNotComeAboutLeavesTheServiceWhatItWas() throws Exception {
        house.containers.ready(service -> !service.image().equals(NEXT));
        assertThatThrownBy(this::upgrade).isInstanceOf(UserError.class);
        house.containers.missing("postgres:3");
        assertThatThrownBy(() -> upgrades.upgrade(house.datastore, DB, "postgres:3", house.out)).hasMessageContaining("postgres:3");

        assertThat(house.get(DB)).isEqualTo(before);
        assertThat(house.containers.volumes()).containsExactly(before.volume());
        assertThat(house.containers.all()).hasSize(1);
        house.put(before, "two");
    }

    @Test
    void theFormerDataGoesWhenItIsDiscardedOrTheServiceDestroyed() throws Exception {
        Service after = upgrade();
        assertThatThrownBy(() -> upgrades.upgrade(house.datastore, DB, "postgres:3", house.out)).hasMessageContaining("--discard-former");
        upgrades.discardFormer(house.datastore, DB);
        assertThat(house.containers.volumes()).containsExactly(after.volume());
        assertThatThrownBy(() -> upgrades.discardFormer(house.datastore, DB)).isInstanceOf(UserError.class);

        upgrades.upgrade(house.datastore, DB, "postgres:3", house.out);
        house.services.links().unlink(house.get(DB), HELLO, Apps.Restart.NEVER, house.out);
        house.services.destroy(house.datastore, DB);
        assertThat(house.containers.volumes()).isEmpty();
    }

    @Test
    void whatACrashCutOffGoesWithTheService() throws Exception {
        cutOff();
        house.services.links().unlink(house.get(DB), HELLO, Apps.Restart.NEVER, house.out);
        house.services.destroy(house.datastore, DB);
        assertThat(house.containers.volumes()).isEmpty();
        assertThat(house.containers.all()).isEmpty();
    }

    private void cutOff() throws Exception {
        Service next = before.withImage(NEXT, "half");
        house.services.stored(before.withSetting("upgrading-to", "half"));
        house.containers.createVolume(next, "half");
        house.containers.start(house.datastore, next, "upgrade");
        house.datastore.freeze(before, house.containers.inside(house.containers.demand(before)));
    }

    @Test
    void whatACrashCutOffIsTakenBack() throws Exception {
        cutOff();

        house.watch.run();

        assertThat(house.get(DB)).isEqualTo(before);
        assertThat(house.containers.volumes()).containsExactly(before.volume());
        assertThat(house.containers.all()).hasSize(1);
        house.put(before, "two");
    }

    @Test
    void aServiceThatEndsInTheMiddleOfItsUpgradeIsWhatItWasOnceItRunsAgain() throws Exception {
        house.watch.start();
        house.containers.ready(service -> {
            if (service.image().equals(NEXT)) {
                house.containers.kill(before);
            }
            return true;
        });

        assertThatThrownBy(this::upgrade).isInstanceOf(UserError.class);

        await().until(() -> house.get(DB).equals(before) && house.services.state(before).equals("running"));
        assertThat(house.containers.volumes()).containsExactly(before.volume());
        assertThat(house.containers.all()).hasSize(1);
        house.put(before, "two");
    }

    @Test
    void aCrashBetweenFileAndContainerIsRepaired() throws Exception {
        Service after = upgrade();
        house.services.stored(before);
        assertThat(house.containers.fits(before)).isFalse();

        house.watch.run();

        assertThat(house.containers.image(house.get(DB))).isEqualTo(before.image());
        assertThat(house.containers.volume(house.get(DB)).data()).containsOnlyKeys("one");
        assertThat(after.volume()).isNotEqualTo(before.volume());
    }
}
