package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import hokku.api.Apps;
import hokku.api.Release;
import hokku.api.SourceTree;
import hokku.api.UserError;
import hokku.api.hook.PreBuild;
import hokku.testkit.FakeSourceTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A repository of which one folder is built.
class BuildDirTest {
    @TempDir
    private Path folder;
    private House house;
    /// The paths of each source that came to be built.
    private final List<List<String>> built = new ArrayList<>();

    @BeforeEach
    void pushARepositoryOfTwoApps() throws Exception {
        house = new House(folder);
        house.apps.create(House.APP);
        house.files = FakeSourceTree.EMPTY.with("Dockerfile", "FROM top").with("CNAME", "top.example.com").with("app.json", "{}")
                .with("services/web/Dockerfile", "FROM web").with("services/web/CNAME", "web.example.com")
                .with("services/web/CHECKS", "/ok").with("services/web/Procfile", "web: run\n")
                .with("services/web/deploy/Procfile", "web: deploy\n");
        house.hook(PreBuild.class, (source, out) -> {
            built.add(source.tree().entries().stream().map(SourceTree.Entry::path).toList());
            return source;
        });
    }

    @Test
    void aFolderIsBuiltAsIfItWereTheRepository() throws Exception {
        house.change(app -> app.withSetting(CoreSettings.BUILD_DIR, "./services//web/"));

        house.push();

        assertThat(built).containsExactly(List.of("CHECKS", "CNAME", "Dockerfile", "Procfile", "deploy/Procfile"));
        assertThat(release().files()).containsOnly(entry("CNAME", "web.example.com"), entry("CHECKS", "/ok"),
                entry("Procfile", "web: run\n"));
    }

    @Test
    void pathsOfOtherSettingsBeginInTheFolder() throws Exception {
        house.change(app -> app.withSetting(CoreSettings.BUILD_DIR, "services/web")
                .withSetting(CoreSettings.PROCFILE_PATH, "deploy/Procfile"));

        house.push();

        assertThat(release().files()).containsEntry("deploy/Procfile", "web: deploy\n").doesNotContainKey("Procfile");
    }

    @Test
    void theFolderOfTheWholeServerGivesWayToTheOneOfTheApp() throws Exception {
        house.apps.changeGlobal(global -> global.withSetting(CoreSettings.BUILD_DIR, "services/web"), Apps.Restart.NEVER, house.out);
        house.push();
        assertThat(release().files()).containsEntry("CNAME", "web.example.com");

        house.change(app -> app.withSetting(CoreSettings.BUILD_DIR, "."));
        house.push();
        assertThat(release().files()).containsOnly(entry("CNAME", "top.example.com"), entry("app.json", "{}"));
    }

    @Test
    void aFolderThatIsNotInTheCommitRefusesThePushBeforeAnythingIsBuilt() throws Exception {
        house.change(app -> app.withSetting(CoreSettings.BUILD_DIR, "services/api"));

        assertThatThrownBy(house::push).isInstanceOf(UserError.class).hasMessageContainingAll("The commit has no folder services/api",
                "builder:set hello build-dir");

        assertThat(built).isEmpty();
        house.change(app -> app.withSetting(CoreSettings.BUILD_DIR, "Dockerfile"));
        assertThatThrownBy(house::push).hasMessageContaining("The commit has no folder Dockerfile");
    }

    @Test
    void aFolderThatIsSetWhileAnotherOneIsBuiltWaitsForTheNextPush() throws Exception {
        house.builder.trouble = () -> house.change(app -> app.withSetting(CoreSettings.BUILD_DIR, "services/web"));

        house.push();

        assertThat(release().files()).containsEntry("CNAME", "top.example.com");
    }

    private Release release() {
        return house.app().release().orElseThrow();
    }
}
