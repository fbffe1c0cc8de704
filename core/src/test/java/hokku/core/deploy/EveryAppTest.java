package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Access;
import hokku.core.command.BuildCommands;
import hokku.core.command.CleanupCommand;
import hokku.testkit.FakeContext;
import hokku.testkit.RecordingContributions;
import hokku.testkit.RecordingSession;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Commands that do something to every app when none is named: nobody can be asked whether a key may do it to each.
class EveryAppTest {
    @TempDir
    private Path folder;
    private final RecordingContributions commands = new RecordingContributions();

    @BeforeEach
    void contribute() throws Exception {
        House house = new House(folder.resolve("home"));
        FakeContext context = new FakeContext("core", house.apps, folder);
        new CleanupCommand(house.housekeeping).contribute(context, commands);
        new BuildCommands(house.builds, house.apps).contribute(context, commands);
    }

    @Test
    void whatChangesEveryAppTakesAdminAccess() throws Exception {
        assertThat(commands.parsed("cleanup", "hello").access()).isEqualTo(Access.OPERATE);
        assertThat(commands.parsed("cleanup").access()).isEqualTo(Access.ADMIN);
        assertThat(commands.parsed("builds:prune", "hello").access()).isEqualTo(Access.OPERATE);
        assertThat(commands.parsed("builds:prune", "--all-apps").access()).isEqualTo(Access.ADMIN);
        assertThat(commands.parsed("builds:list").access()).isEqualTo(Access.READ);
        assertThat(commands.parsed("cleanup", "hello").app()).hasToString("Optional[hello]");
        assertThat(commands.parsed("cleanup").app()).isEmpty();
    }

    @Test
    void whatIsCleanedUpIsToldAsJsonToo() throws Exception {
        RecordingSession session = new RecordingSession();
        commands.run(session, "cleanup", "--format", "json");
        assertThat(session.documents()).singleElement().asString().contains("images", "files", "bytes", "failed", "disks");
        assertThatThrownBy(() -> commands.run(session, "cleanup", "--format", "xml")).hasMessageContaining("xml");
    }
}
