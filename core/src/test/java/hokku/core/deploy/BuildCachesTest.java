package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import hokku.api.Access;
import hokku.api.UserError;
import hokku.core.command.RepoCommands;
import hokku.testkit.FakeBuilder;
import hokku.testkit.FakeContext;
import hokku.testkit.FakeSourceTree;
import hokku.testkit.RecordingContributions;
import hokku.testkit.RecordingSession;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `repo:purge-cache` does.
class BuildCachesTest {
    @TempDir
    private Path folder;
    private House house;
    private final FakeBuilder other = new FakeBuilder("other");
    private final RecordingContributions commands = new RecordingContributions();
    private final RecordingSession session = new RecordingSession();

    @BeforeEach
    void deployAnAppWithTheOtherBuilder() throws Exception {
        house = new House(folder.resolve("home"));
        house.plugins.plugin("other-plugin").builder(other);
        new RepoCommands(house.caches).contribute(new FakeContext("core", house.apps, folder), commands);
        house.files = FakeSourceTree.EMPTY.with("Fakefile", "hello");
        house.push();
        assertThat(other.keeps(house.app())).isTrue();
    }

    @Test
    void everyBuilderForgetsWhatItKeepsOfTheApp() throws Exception {
        assertThat(commands.parsed("repo:purge-cache", "hello").access()).isEqualTo(Access.OPERATE);
        commands.run(session, "repo:purge-cache", "hello");
        assertThat(other.keeps(house.app())).isFalse();
        assertThat(session.marked()).containsExactly("-----> Removing what builders keep of hello...");
    }

    @Test
    void aBuilderThatFailsIsToldAndTheOthersAreAskedAllTheSame() {
        house.builder.atPurge = () -> {
            throw new IllegalStateException("disk on fire");
        };
        assertThatThrownBy(() -> commands.run(session, "repo:purge-cache", "hello")).isInstanceOf(UserError.class)
                .hasMessage("1 of 2 builders could not remove what they keep of hello. Mend that, then try again: repo:purge-cache hello");
        assertThat(session.marked()).anySatisfy(line -> assertThat(line).startsWith(
                " !     Builder memory: plugin builder-plugin failed in removing its cache: disk on fire"));
        assertThat(other.keeps(house.app())).isFalse();
    }

    @Test
    void anAppThatIsNotThereIsToldByTheExitCode() {
        assertThat(catchThrowableOfType(UserError.class, () -> commands.run(session, "repo:purge-cache", "nowhere")).exitCode())
                .isEqualTo(UserError.NO_SUCH_APP);
    }

    @Test
    void nothingIsPurgedWhileTheAppIsBeingDeployed() throws Exception {
        AtomicReference<Throwable> refusal = new AtomicReference<>();
        house.files = FakeSourceTree.EMPTY.with("Dockerfile", "FROM scratch");
        house.builder.trouble = () -> Thread.ofVirtual().start(() -> {
            try {
                commands.run(session, "repo:purge-cache", "hello");
            } catch (Exception refused) {
                refusal.set(refused);
            }
        }).join();

        house.push();

        assertThat(refusal.get()).isInstanceOf(UserError.class)
                .hasMessage("App hello is being deployed. Wait until that is done, then try again");
        assertThat(other.keeps(house.app())).isTrue();
        commands.run(session, "repo:purge-cache", "hello");
        assertThat(other.keeps(house.app())).isFalse();
    }
}
