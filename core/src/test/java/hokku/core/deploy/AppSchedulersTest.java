package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.UserError;
import hokku.testkit.FakeScheduler;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a service does with the schedulers of apps that are linked to it.
class AppSchedulersTest {
    @TempDir
    private Path folder;
    private House house;
    private FakeScheduler swarm;
    private AppSchedulers schedulers;

    @BeforeEach
    void build() throws Exception {
        house = new House(folder);
        swarm = house.install("swarm");
        house.push();
        schedulers = new AppSchedulers(house.plugins, app -> house.catalogue.journal(app.name()).current());
    }

    private Map<String, List<String>> attached(FakeScheduler scheduler) {
        return scheduler.attached(house.app().id());
    }

    private void attach() throws Exception {
        schedulers.use(house.app(), "reaching db", scheduler -> scheduler.attach(house.app(), "c1", List.of("db")));
    }

    private void detach() throws Exception {
        schedulers.useAll(house.app(), "parting from db", scheduler -> scheduler.detach(house.app(), "c1"));
    }

    @Test
    void anAppIsReachedWhereItRunsAndPartedFromWhereverItRan() throws Exception {
        attach();
        house.change(app -> app.withSetting(CoreSettings.SCHEDULER_SELECTED, "swarm"));
        attach();
        assertThat(attached(house.scheduler)).isEqualTo(attached(swarm)).isEqualTo(Map.of("c1", List.of("db")));

        detach();

        assertThat(attached(house.scheduler)).isEmpty();
        assertThat(attached(swarm)).isEmpty();
    }

    @Test
    void oneThatCannotDoesNotKeepTheAppsOwnOneFromIt() throws Exception {
        attach();
        AppSchedulers.Work work = scheduler -> {
            if (scheduler == swarm) {
                throw new UserError(UserError.UNAVAILABLE, "it is away");
            }
            scheduler.detach(house.app(), "c1");
        };

        schedulers.useAll(house.app(), "parting from db", work);

        assertThat(attached(house.scheduler)).isEmpty();
        house.change(app -> app.withSetting(CoreSettings.SCHEDULER_SELECTED, "swarm"));
        assertThatThrownBy(() -> schedulers.useAll(house.app(), "parting from db", work)).isInstanceOf(UserError.class).hasMessage("it is away");
    }
}
