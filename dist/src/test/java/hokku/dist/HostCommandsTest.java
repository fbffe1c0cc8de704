package hokku.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.dist.HostCommands.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HostCommandsTest {
    @Test
    void theUsageOfTheRealProgramIsUnderstood() throws IOException {
        assertThat(new HostCommands(Files.readString(Path.of("bin/hokku"))).list()).contains(
                new Command("start", "[server|nginx]", "start what does not run")).extracting(Command::name)
                .contains("stop", "restart", "status", "run-nginx");
    }

    @Test
    void whatMayFollowACommandIsCompleted() {
        HostCommands commands = new HostCommands("usage: hokku COMMAND\n\n  start [server|nginx]  start it\n  status [--pid]  what runs\n"
                + "  setup [options]  make it\n\nThat is all.\nTXT\n");
        assertThat(commands.list()).extracting(Command::words).map(Object::toString)
                .containsExactly("[server, nginx]", "[--pid]", "[]");
        assertThat(commands.bash()).contains("words='start status setup help'", "    start) words='server nginx' ;;\n").doesNotContain("    setup)");
        assertThat(commands.manual("1.2.3")).contains(".TH \"HOKKU\" 8 \"\" \"Hokku 1.2.3\" \"Hokku\"", ".B \"status [\\-\\-pid]\"\nwhat runs\n");
    }

    @Test
    void aUsageThatIsNotUnderstoodStopsTheBuild() {
        assertThatThrownBy(() -> new HostCommands("echo hello").list()).hasMessageContaining("no usage");
        assertThatThrownBy(() -> new HostCommands("usage: hokku COMMAND\n  What?\nTXT\n").list()).hasMessageContaining("What?");
    }
}
