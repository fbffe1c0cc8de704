package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.UserError;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a locked app takes, and what it refuses.
class DeployLockTest {
    private static final String REFUSAL = "hello currently has a deploy lock in place. Exiting...\nRun 'apps:unlock' to release the existing"
            + " deploy lock";

    @TempDir
    private Path folder;
    private House house;

    @BeforeEach
    void build() throws Exception {
        house = new House(folder);
        house.push();
        house.push();
        house.change(app -> app.withLocked(true));
    }

    @Test
    void noOtherCodeGoesLiveEvenAfterARestartOfTheServer() throws Exception {
        house.restart();
        assertThatThrownBy(house::push).isInstanceOf(UserError.class).hasMessage(REFUSAL);
        assertThatThrownBy(() -> house.apps.rollback(House.APP, Optional.of(1), House.ALICE, house.out)).hasMessage(REFUSAL);
        assertThat(house.served()).isEqualTo(2);
    }

    @Test
    void variablesScaleAndRestartsGoOn() throws Exception {
        house.change(app -> app.withEnv(app.env().with("A", "1")));
        house.scale(2);
        house.apps.restart(House.APP, House.ALICE, house.out);
        assertThat(house.app().env().isEmpty()).isFalse();
        assertThat(house.served()).isEqualTo(2);
    }

    @Test
    void whatWasLockedWhileItWasBuiltDoesNotGoLive() throws Exception {
        house.change(app -> app.withLocked(false));
        house.builder.trouble = () -> house.change(app -> app.withLocked(true));
        assertThatThrownBy(house::push).hasMessage(REFUSAL);
        assertThat(house.served()).isEqualTo(2);
        house.builder.trouble = () -> { };
        house.change(app -> app.withLocked(false));
        house.push();
        assertThat(house.served()).isEqualTo(4);
    }
}
