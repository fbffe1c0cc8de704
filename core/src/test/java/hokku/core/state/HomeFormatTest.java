package hokku.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.AppName;
import hokku.api.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Versions 1 and 2 are made up here: the second one calls settings.json options.json, and writes apps' state in capitals; the third adds a line.
class HomeFormatTest {
    private static final AppName SHOP = AppName.of("shop");

    @TempDir
    private Path folder;

    private Home home;

    @BeforeEach
    void aHomeOfTheFirstFormat() throws IOException {
        home = new Home(folder.resolve("home"));
        home.create();
        first().settle();
        AtomicFile.write(home.settings(), "old settings");
        Files.createDirectories(home.repository(SHOP));
        Files.writeString(home.repository(SHOP).resolve("HEAD"), "ref");
        AtomicFile.write(home.desired(SHOP), "shop as it was");
    }

    private HomeFormat first() {
        return new HomeFormat(home, List.of());
    }

    private HomeFormat third() {
        return new HomeFormat(home, List.of(HomeFormatTest::toSecond, HomeFormatTest::toThird));
    }

    private static void toSecond(Home home) throws IOException {
        Files.move(home.settings(), options(home));
        AtomicFile.write(home.desired(SHOP), "SHOP AS IT WAS");
    }

    private static void toThird(Home home) throws IOException {
        AtomicFile.write(home.desired(SHOP), Files.readString(home.desired(SHOP)) + "\nthird");
    }

    private static Path options(Home home) {
        return home.root().resolve("options.json");
    }

    @Test
    void anOlderFormatIsBroughtUpStepByStepAndACopyIsKept() throws IOException {
        third().settle();

        assertThat(home.format()).hasContent("3");
        assertThat(options(home)).hasContent("old settings");
        assertThat(home.desired(SHOP)).hasContent("SHOP AS IT WAS\nthird");
        assertThat(home.kept().resolve("format-1/settings.json")).hasContent("old settings");
        assertThat(home.kept().resolve("format-1/apps/shop/desired.json")).hasContent("shop as it was");
        assertThat(home.kept().resolve("format-1/apps/shop/repo.git")).doesNotExist();
    }

    @Test
    void aHomeOfThisFormatIsLeftAsItIs() throws IOException {
        first().settle();

        assertThat(home.kept()).doesNotExist();
        assertThat(home.settings()).hasContent("old settings");
    }

    @Test
    void aNewerFormatIsRefusedAndTheRefusalSaysWhatToDo() throws IOException {
        AtomicFile.write(home.format(), "7\n");

        assertThatThrownBy(() -> first().settle()).isInstanceOf(UserError.class)
                .hasMessageContaining("has the format 7, and this version knows 1. Install the version of Hokku that made it")
                .hasMessageNotContaining("restore-format");
        assertThatThrownBy(() -> first().restore()).isInstanceOf(UserError.class).hasMessageContaining("There is no copy");
    }

    @Test
    void aVersionGoesBackToTheCopyAndSetsAsideWhatCameSince() throws IOException {
        third().settle();
        AppName later = AppName.of("later");
        Files.createDirectories(home.repository(later));
        AtomicFile.write(home.desired(later), "in the third format");
        assertThatThrownBy(() -> first().settle()).isInstanceOf(UserError.class).hasMessageContaining("hokku restore-format");

        first().restore();
        first().settle();

        assertThat(home.format()).hasContent("1");
        assertThat(home.settings()).hasContent("old settings");
        assertThat(options(home)).doesNotExist();
        assertThat(home.desired(SHOP)).hasContent("shop as it was");
        assertThat(home.repository(SHOP).resolve("HEAD")).hasContent("ref");
        assertThat(home.app(later)).doesNotExist();
        assertThat(home.kept().resolve("format-3/apps/later/repo.git")).isDirectory();
        assertThat(home.kept().resolve("format-3/apps/later/desired.json")).hasContent("in the third format");
        assertThat(home.kept().resolve("format-3/apps/shop/desired.json")).hasContent("SHOP AS IT WAS\nthird");
    }

    @Test
    void anAppThatWasDestroyedSinceStaysSo() throws IOException {
        third().settle();
        Files.delete(home.desired(SHOP));
        Files.delete(home.repository(SHOP).resolve("HEAD"));
        Files.delete(home.repository(SHOP));
        Files.delete(home.app(SHOP));

        first().restore();

        assertThat(home.app(SHOP)).doesNotExist();
    }

    @Test
    void aMigrationThatFailsLeavesTheOldFormatToTheOldVersion() throws IOException {
        HomeFormat broken = new HomeFormat(home, List.of(HomeFormatTest::toSecond, failing -> {
            throw new IOException("power cut");
        }));
        assertThatThrownBy(broken::settle).hasMessage("power cut");
        assertThat(options(home)).exists();

        first().settle();

        assertThat(home.format()).hasContent("1");
        assertThat(home.settings()).hasContent("old settings");
        assertThat(options(home)).doesNotExist();
        assertThat(home.desired(SHOP)).hasContent("shop as it was");
    }

    @Test
    void aMigrationThatWasCutOffBeginsAnewFromTheCopy() throws IOException {
        HomeFormat broken = new HomeFormat(home, List.of(HomeFormatTest::toSecond, failing -> {
            throw new IOException("power cut");
        }));
        assertThatThrownBy(broken::settle).hasMessage("power cut");

        third().settle();

        assertThat(home.desired(SHOP)).hasContent("SHOP AS IT WAS\nthird");
        assertThat(home.kept().resolve("format-1/apps/shop/desired.json")).hasContent("shop as it was");
    }

    @Test
    void goingUpAgainAfterTheWayBackTakesTheStateOfNow() throws IOException {
        third().settle();
        first().restore();
        AtomicFile.write(home.desired(SHOP), "changed after the way back");

        third().settle();

        assertThat(home.desired(SHOP)).hasContent("SHOP AS IT WAS\nthird");
        assertThat(home.kept().resolve("format-1/apps/shop/desired.json")).hasContent("changed after the way back");
    }

    @Test
    void aFormatThatIsNoNumberIsRefused() throws IOException {
        AtomicFile.write(home.format(), "new\n");

        assertThatThrownBy(() -> first().settle()).isInstanceOf(UserError.class).hasMessageContaining("must hold a number");
    }
}
