package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.SourceTree;
import hokku.api.UserError;
import hokku.core.git.Repositories;
import hokku.core.git.TestCommits;
import hokku.core.state.Catalogue;
import hokku.core.state.Home;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourcesTest {
    private static final AppName HELLO = AppName.of("hello");

    @TempDir
    private Path folder;
    private Catalogue catalogue;
    private Repositories repositories;
    private Sources sources;

    @BeforeEach
    void open() throws IOException {
        Home home = new Home(folder);
        home.create();
        catalogue = new Catalogue(home, Clock.systemUTC());
        catalogue.load();
        repositories = new Repositories(home);
        sources = new Sources(catalogue, repositories);
    }

    private void pushed(String branch, String content) throws IOException {
        repositories.create(HELLO);
        String commit = new TestCommits(repositories, HELLO).file("a", content).commit();
        repositories.moveRef(HELLO, "refs/heads/" + branch, Repositories.NO_COMMIT, commit);
    }

    private Optional<String> content(Optional<String> branch) throws IOException {
        Optional<SourceTree> tree = sources.tree(HELLO, branch);
        return tree.isPresent() ? tree.get().readText("a") : Optional.empty();
    }

    @Test
    void anAppWithoutAPushHasNoSource() throws IOException {
        catalogue.create(HELLO);
        assertThat(content(Optional.empty())).isEmpty();
        assertThat(content(Optional.of("master"))).isEmpty();
    }

    @Test
    void anUnknownAppIsAnError() {
        assertThatThrownBy(() -> sources.tree(HELLO, Optional.of("master")))
                .isInstanceOfSatisfying(UserError.class, error -> assertThat(error.exitCode()).isEqualTo(UserError.NO_SUCH_APP));
    }

    @Test
    void aBranchThatIsNotDeployedCanBeRead() throws IOException {
        catalogue.create(HELLO);
        pushed("feature", "1");
        assertThat(content(Optional.of("feature"))).contains("1");
        assertThat(content(Optional.empty())).isEmpty();
    }

    @Test
    void itIsWhatABuilderWouldGet() throws IOException {
        App app = catalogue.create(HELLO);
        repositories.create(HELLO);
        String commit = new TestCommits(repositories, HELLO).file("go.mod", "1").file("web/go.mod", "2").file("web/etc/Procfile", "web: run").commit();
        repositories.moveRef(HELLO, "refs/heads/main", Repositories.NO_COMMIT, commit);
        catalogue.store(app.withSetting(CoreSettings.BUILD_DIR, "web").withSetting(CoreSettings.PROCFILE_PATH, "etc/Procfile"));
        SourceTree tree = sources.tree(HELLO, Optional.of("main")).orElseThrow();
        assertThat(tree.readText("go.mod")).contains("2");
        assertThat(tree.readText("Procfile")).contains("web: run");
        catalogue.store(app.withSetting(CoreSettings.BUILD_DIR, "none"));
        assertThatThrownBy(() -> sources.tree(HELLO, Optional.of("main"))).isInstanceOf(UserError.class).hasMessageContaining("no folder none");
    }

    @Test
    void withoutANameItIsTheBranchThatIsDeployed() throws IOException {
        App app = catalogue.create(HELLO);
        pushed("main", "1");
        pushed("other", "2");
        catalogue.store(app.withSetting(CoreSettings.DEPLOY_BRANCH, "other"));
        assertThat(content(Optional.empty())).contains("2");
        assertThat(content(Optional.of("main"))).contains("1");
    }
}
