package hokku.core.manual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Access;
import hokku.api.Setting;
import hokku.api.UserError;
import hokku.api.spi.Command;
import hokku.api.spi.Session;
import hokku.core.command.Outline;
import hokku.core.plugin.BuiltIn;
import hokku.core.plugin.NoEngine;
import hokku.core.plugin.PluginHost;
import hokku.core.plugin.Services;
import hokku.core.plugin.Snapshots;
import hokku.core.state.Home;
import hokku.testkit.FakeApps;
import hokku.testkit.FakeContext;
import hokku.testkit.PlainJson;
import hokku.testkit.RecordingContributions;
import hokku.testkit.RecordingSession;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What shells and the manual are told of the commands.
class CompletionTest {
    @TempDir
    private Path folder;
    private PluginHost host;
    private final FakeApps apps = new FakeApps();
    private final RecordingContributions commands = new RecordingContributions();

    /// A command of an added plugin.
    @CommandLine.Command(name = "mine:do", description = "Does what's needed -- .at once")
    static final class Mine implements Command {
        @Option(names = {"-f", "--format"}, paramLabel = "stdout|json", description = "How")
        private String format = "";

        @Option(names = "--lines", paramLabel = "<lines>", description = "How many")
        private int lines;

        @Option(names = "--all", description = "Everything")
        private boolean all;

        @Parameters(index = "0", paramLabel = "<app>", description = "The app")
        private String app = "";

        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            session.print(format + lines + all + app);
        }
    }

    @BeforeEach
    void start() throws Exception {
        Home home = new Home(folder.resolve("home"));
        home.create();
        host = new PluginHost(home, folder.resolve("shipped"), Clock.systemUTC(), Duration.ofMinutes(1));
        Completion completion = new Completion(host);
        host.start(new Services(apps, new NoEngine(), new PlainJson(), (kind, name) -> List.of()), List.of(
                new BuiltIn("core", "0.1.0", "", completion), new BuiltIn("mine", "0.1.0", "", (context, to) -> {
                    to.command(Mine::new);
                    to.setting(Setting.text("mine", "colour").help("100 % of it"));
                })));
        completion.contribute(new FakeContext("core", apps, folder), commands);
        apps.add("hello");
        apps.add("other");
    }

    @AfterEach
    void close() {
        host.close();
    }

    private String print(String what) throws Exception {
        RecordingSession session = new RecordingSession();
        commands.run(session, "completion", what);
        return session.printed();
    }

    @Test
    void theWordsAreTheCommandsWithTheirFlagsAndTheApps() throws Exception {
        assertThat(print("words").lines()).containsExactly("completion;;--help;bash zsh words", "help;;;", "mine:do;app;--all -f=stdout|json"
                + " --format=stdout|json --help --lines=;", "mine:report;app;--format=stdout|json --global --help;",
                "mine:set;app;--global --help;colour", "version;;;", "@hello", "@other");
    }

    @Test
    void aScriptHoldsTheCommandsAndNoApp() throws Exception {
        assertThat(print("bash")).contains("mine:do;app;", "complete -o nospace -F _dokku dokku").doesNotContain("@hello", "@COMMANDS@");
        assertThat(print("zsh")).startsWith("#compdef dokku").contains("mine:do;app;").doesNotContain("@hello", "@COMMANDS@");
        assertThatThrownBy(() -> print("fish")).isInstanceOf(UserError.class).hasMessageContaining("none for fish");
    }

    @Test
    void theManualTellsOfEveryCommand() throws Exception {
        String page;
        try (Snapshots.Lease lease = host.lease()) {
            page = ManualPage.of(Outline.all(lease.registry(), apps), "1.2.3");
        }
        assertThat(page).startsWith(".TH \"DOKKU\" 1 \"\" \"Hokku 1.2.3\" \"Hokku\"\n").contains(".SS \"mine\"\n", "Does what\\(aqs needed \\-\\- .at once\n",
                ".B \"\\-f, \\-\\-format stdout|json\"\nHow\n", ".B \"colour\"\n100 % of it");
        assertThat(page).matches("\\p{ASCII}+");
    }

    @Test
    void noTextIsTakenForAnInstruction() {
        assertThat(new Roff("x", 1, "s", "m").text(".so /etc/passwd").paragraph("'tis").term("a\\b \"c\"", "").text("\n.br").print())
                .isEqualTo(".TH \"X\" 1 \"\" \"s\" \"m\"\n.nh\n.ad l\n\\&.so /etc/passwd\n.PP\n\\(aqtis\n.TP\n.B \"a\\(rsb \\(dqc\\(dq\"\n\\&\n\\&.br\n");
    }
}
