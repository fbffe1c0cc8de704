package hokku.core.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.AppName;
import hokku.api.UserError;
import hokku.core.state.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.Repository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoriesTest {
    private static final String MASTER = "refs/heads/master";
    private static final String MAIN = "refs/heads/main";

    @TempDir
    private Path folder;
    private final AppName app = AppName.of("hello");
    private Home home;
    private Repositories repositories;

    @BeforeEach
    void makeRepository() throws IOException {
        home = new Home(folder);
        home.create();
        repositories = new Repositories(home);
        repositories.create(app);
    }

    @Test
    void aRepositoryIsMadeOnceAndHasNoBranch() throws IOException {
        repositories.create(app);
        assertThat(repositories.exists(app)).isTrue();
        assertThat(repositories.deployRef(app)).isEmpty();
        assertThat(repositories.tip(app, MASTER)).isEmpty();
        assertThat(repositories.resolve(app, "master")).isEmpty();
    }

    @Test
    void anAppWithoutRepositoryIsNamed() {
        assertThatThrownBy(() -> repositories.resolve(AppName.of("other"), "master"))
                .isInstanceOf(UserError.class).hasMessageContaining("other has no repository");
    }

    @Test
    void writesAreForcedToTheDiskAndGarbageIsLeftToTheJob() throws IOException {
        try (Repository repository = repositories.open(app)) {
            assertThat(repository.getConfig().getBoolean("core", "fsyncObjectFiles", false)).isTrue();
            assertThat(repository.getConfig().getBoolean("core", "fsyncRefFiles", false)).isTrue();
            assertThat(repository.getConfig().getBoolean("receive", "autogc", true)).isFalse();
        }
    }

    @Test
    void noProbeOfTheFileSystemIsLeftInTheRepository() throws IOException {
        String commit = commits().file("a", "1").commit();
        repositories.moveRef(app, MASTER, Repositories.NO_COMMIT, commit);
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(file -> file.getFileName().toString().contains("probe"))).isEmpty();
        }
    }

    @Test
    void aBranchMovesOnlyFromTheExpectedCommit() throws IOException {
        String first = commits().file("a", "1").commit();
        String second = commits().file("a", "2").commit(first);
        String other = commits().file("a", "3").commit(first);
        assertThat(repositories.moveRef(app, MASTER, Repositories.NO_COMMIT, first)).isTrue();
        assertThat(repositories.moveRef(app, MASTER, Repositories.NO_COMMIT, second)).isFalse();
        assertThat(repositories.moveRef(app, MASTER, first, second)).isTrue();
        assertThat(repositories.moveRef(app, MASTER, first, other)).isFalse();
        assertThat(repositories.tip(app, MASTER)).contains(second);
    }

    @Test
    void movingABranchToWhereItIsChangesNothing() throws IOException {
        String first = commits().file("a", "1").commit();
        String second = commits().file("a", "2").commit(first);
        repositories.moveRef(app, MASTER, Repositories.NO_COMMIT, first);
        repositories.moveRef(app, MASTER, first, second);
        assertThat(repositories.moveRef(app, MASTER, first, second)).isTrue();
    }

    @Test
    void theFirstBranchThatIsDeployedBecomesTheOneThatIsCloned() throws IOException {
        String first = commits().file("a", "1").commit();
        repositories.store(app, "refs/heads/feature", Repositories.NO_COMMIT, first);
        assertThat(repositories.deployRef(app)).isEmpty();
        repositories.moveRef(app, MAIN, Repositories.NO_COMMIT, first);
        assertThat(repositories.deployRef(app)).contains(MAIN);
        repositories.moveRef(app, MASTER, Repositories.NO_COMMIT, first);
        assertThat(repositories.deployRef(app)).contains(MAIN);
    }

    @Test
    void aCommitIsFoundByBranchIdAndShortId() throws IOException {
        String first = commits().file("a", "1").commit();
        repositories.moveRef(app, MASTER, Repositories.NO_COMMIT, first);
        assertThat(repositories.resolve(app, "master")).contains(first);
        assertThat(repositories.resolve(app, first)).contains(first);
        assertThat(repositories.resolve(app, first.substring(0, 8))).contains(first);
        assertThat(repositories.resolve(app, "f".repeat(40))).isEmpty();
        assertThat(repositories.resolve(app, "~^ nonsense")).isEmpty();
    }

    @Test
    void theFilesOfABranchAreThereUnderItsNameOnly() throws IOException {
        String first = commits().file("a", "1").commit();
        repositories.store(app, "refs/heads/feature/x", Repositories.NO_COMMIT, first);
        assertThat(repositories.branch(app, "feature/x").orElseThrow().readText("a")).contains("1");
        for (String none : List.of("master", "feature", first, "../../HEAD", "", "..", "a b", "feature/x~1", "x\0")) {
            assertThat(repositories.branch(app, none)).as(none).isEmpty();
        }
        assertThat(repositories.branch(AppName.of("other"), "master")).isEmpty();
    }

    @Test
    void aCopyHasTheSameCommitsAndGoesItsOwnWay() throws IOException {
        String first = commits().file("a", "1").commit();
        repositories.moveRef(app, MAIN, Repositories.NO_COMMIT, first);
        AppName copy = AppName.of("copy");
        repositories.copy(app, Files.createDirectories(home.app(copy)));
        assertThat(repositories.deployRef(copy)).contains(MAIN);
        assertThat(repositories.tree(copy, first).readText("a")).contains("1");
        repositories.delete(app);
        assertThat(repositories.exists(app)).isFalse();
        assertThat(repositories.tree(copy, first).readText("a")).contains("1");
    }

    @Test
    void packingKeepsEverythingThatABranchReaches() throws IOException {
        String first = commits().file("a", "1").commit();
        String second = commits().file("a", "2").commit(first);
        repositories.moveRef(app, MASTER, Repositories.NO_COMMIT, second);
        repositories.gc(app);
        assertThat(repositories.tree(app, first).readText("a")).contains("1");
        assertThat(repositories.tip(app, MASTER)).contains(second);
        try (Stream<Path> files = Files.walk(home.repository(app))) {
            assertThat(files.filter(file -> file.toString().endsWith(".pack"))).isNotEmpty();
        }
    }

    @Test
    void aTreeOfAnUnknownCommitIsRefused() {
        assertThatThrownBy(() -> repositories.tree(app, "f".repeat(40)))
                .isInstanceOf(UserError.class).hasMessageContaining("has no commit");
    }

    private TestCommits commits() {
        return new TestCommits(repositories, app);
    }

    @Test
    void aLockThatACrashLeftDoesNotKeepABranchFromMovingForEver() throws IOException {
        String first = commits().file("a", "1").commit();
        Path repository;
        try (Repository open = repositories.open(app)) {
            repository = open.getDirectory().toPath();
        }
        Files.createDirectories(repository.resolve("refs/heads"));
        Files.createFile(repository.resolve(MASTER + ".lock"));
        assertThat(repositories.moveRef(app, MASTER, Repositories.NO_COMMIT, first)).isFalse();

        repositories.unlock(app);

        assertThat(repositories.moveRef(app, MASTER, Repositories.NO_COMMIT, first)).isTrue();
    }
}
