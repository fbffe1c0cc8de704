package hokku.core.manual;

import hokku.api.Access;
import hokku.api.Apps;
import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.UserError;
import hokku.api.spi.Command;
import hokku.api.spi.Session;
import hokku.core.command.Outline;
import hokku.core.plugin.Snapshots;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/// The command `completion`: what a shell needs to complete words, also on other machines.
public final class Completion implements Plugin {
    private final Snapshots snapshots;

    public Completion(Snapshots snapshots) {
        this.snapshots = snapshots;
    }

    @Override
    public void contribute(PluginContext context, Contributions to) {
        to.command(() -> new Print(snapshots, context.apps()));
    }

    /// A script for bash that completes the words after `dokku`.
    public static String bash(List<Outline> commands) {
        return script("completion.bash", commands);
    }

    /// The same for zsh.
    public static String zsh(List<Outline> commands) {
        return script("completion.zsh", commands);
    }

    /// The scripts know the commands of the server that wrote them, should it not answer when it is asked for its own.
    private static String script(String resource, List<Outline> commands) {
        try (InputStream in = Completion.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("@COMMANDS@", CompletionTable.of(commands, List.of()));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @CommandLine.Command(name = "completion", description = "Print a script with which a shell completes words, or the words themselves")
    private static final class Print implements Command {
        private final Snapshots snapshots;
        private final Apps apps;

        @Parameters(paramLabel = "bash|zsh|words", description = "The shell; or words for the commands, their flags and the apps")
        private String what = "";

        private Print(Snapshots snapshots, Apps apps) {
            this.snapshots = snapshots;
            this.apps = apps;
        }

        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            List<Outline> commands;
            try (Snapshots.Lease lease = snapshots.lease()) {
                commands = Outline.all(lease.registry(), apps);
            }
            session.print(switch (what) {
                case "bash" -> bash(commands).stripTrailing();
                case "zsh" -> zsh(commands).stripTrailing();
                case "words" -> CompletionTable.of(commands, apps.list());
                default -> throw UserError.usage("There is a completion for bash and for zsh, none for " + what);
            });
        }
    }
}
