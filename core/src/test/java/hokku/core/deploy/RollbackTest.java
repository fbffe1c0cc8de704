package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.Domain;
import hokku.api.UserError;
import hokku.api.hook.PreStart;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bringing back an earlier release.
class RollbackTest {
    @TempDir
    private Path folder;
    private House house;

    @BeforeEach
    void build() throws Exception {
        house = new House(folder);
    }

    @Test
    void aRollbackBringsBackCodeAndVariablesAndKeepsDomains() throws Exception {
        house.push();
        house.change(app -> app.withEnv(app.env().with("A", "new")));
        house.change(app -> app.withDomains(List.of(Domain.of("www.example.com")), false));
        house.push();
        assertThat(house.served()).isEqualTo(2);

        house.apps.rollback(House.APP, Optional.empty(), House.ALICE, house.out);

        assertThat(house.served()).isEqualTo(1);
        assertThat(house.app().env().isEmpty()).isTrue();
        assertThat(house.proxy.routes.get(House.APP).domains()).contains(Domain.of("www.example.com"));
        house.restart();
        assertThat(house.app().release().orElseThrow().number()).isEqualTo(1);
        assertThat(house.app().env().isEmpty()).isTrue();
    }

    @Test
    void aRollbackToAReleaseWhoseImageIsGoneIsRefusedBeforeAnythingStarts() throws Exception {
        house.push();
        house.push();
        house.images.values().removeIf(image -> image.endsWith("1"));

        assertThatThrownBy(() -> house.apps.rollback(House.APP, Optional.of(1), House.ALICE, house.out))
                .hasMessageContaining("image of release 1 of hello was removed").hasMessageContaining("%040d:".formatted(1));

        assertThat(house.served()).isEqualTo(2);
    }

    @Test
    void aRollbackDoesNotGoToAReleaseThatTheProxyRefused() throws Exception {
        house.push();
        house.proxy.atCommit = () -> {
            throw new UserError("no");
        };
        assertThatThrownBy(house::push).hasMessageContaining("no");
        house.proxy.atCommit = () -> { };
        house.push();

        house.apps.rollback(House.APP, Optional.empty(), House.ALICE, house.out);

        assertThat(house.served()).isEqualTo(1);
    }

    @Test
    void imagesAreNotSweptWhileARollbackIsAboutToStartOne() throws Exception {
        house.push();
        house.push();
        await().until(() -> !house.deploys.isDeploying(House.APP));
        List<Thread> sweeps = new ArrayList<>();
        house.hook(PreStart.class, (spec, out) -> {
            sweeps.add(Thread.ofPlatform().start(() -> {
                try {
                    house.housekeeping.clean(House.APP);
                } catch (InterruptedException never) {
                    throw new IllegalStateException(never);
                }
            }));
            await().until(() -> sweeps.getFirst().getState() == Thread.State.WAITING);
            return spec;
        });

        house.apps.rollback(House.APP, Optional.empty(), House.ALICE, house.out);

        assertThat(house.served()).isEqualTo(1);
        sweeps.getFirst().join();
    }
}
