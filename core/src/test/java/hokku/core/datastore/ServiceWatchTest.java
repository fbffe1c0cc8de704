package hokku.core.datastore;

import static hokku.core.datastore.ServiceHouse.DB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hokku.api.Service;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceWatchTest {
    @TempDir
    private Path folder;
    private ServiceHouse house;
    private Service made;

    @BeforeEach
    void build() throws Exception {
        house = new ServiceHouse(folder);
        made = house.create("db");
    }

    @AfterEach
    void end() throws Exception {
        house.watch.close();
    }

    private boolean runs() {
        return house.services.state(made).equals("running");
    }

    @Test
    void aServiceThatWasKilledRunsAgainAtOnce() {
        house.watch.start();
        for (int i = 0; i < 3; i++) {
            house.containers.kill(made);
            await().until(this::runs);
        }
    }

    @Test
    void whatEndedWhileNobodyListenedRunsAgainAtTheStart() {
        house.containers.kill(made);
        house.watch.start();
        await().until(this::runs);
    }

    @Test
    void aServiceThatIsKilledWhileSomebodyChangesItRunsAgainAfterwards() throws Exception {
        house.watch.start();
        try (Services.Held _ = house.services.hold(house.datastore, DB)) {
            house.containers.kill(made);
            assertThat(runs()).isFalse();
        }
        await().until(this::runs);
    }

    @Test
    void whatIsStoppedOrDestroyedStaysSo() throws Exception {
        Service other = house.create("other");
        house.watch.start();
        house.services.stop(house.datastore, DB);
        house.containers.kill(made);
        house.services.destroy(house.datastore, other.name());
        house.watch.run();

        assertThat(house.services.state(made)).isEqualTo("exited");
        assertThat(house.services.state(other)).isEqualTo("missing");
    }

    @Test
    void nothingIsHeardAfterTheEnd() throws Exception {
        house.watch.start();
        house.watch.close();
        house.containers.kill(made);
        assertThat(runs()).isFalse();
    }
}
