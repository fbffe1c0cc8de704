package hokku.core;

import hokku.api.EngineAddress;
import hokku.core.command.Outline;
import hokku.core.manual.Completion;
import hokku.core.manual.ManualPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// What the package holds about the commands: completions and a manual page, written from the commands themselves.
///
/// @param bash the completion for bash
/// @param zsh the completion for zsh
/// @param manual `dokku(1)`
public record CommandFiles(String bash, String zsh, String manual) {
    /// Starts a server on an empty home, without an engine, and asks it for its commands.
    ///
    /// @param plugins the jars that are shipped
    /// @param version what the manual page says that it is about
    public static CommandFiles of(Path plugins, String version) throws IOException {
        Path folder = Files.createTempDirectory("hokku-commands");
        try (Server server = Server.start(new Configuration(folder.resolve("home"), "127.0.0.1", 0, plugins,
                EngineAddress.of("unix://" + folder.resolve("no-engine.sock")), "127.0.0.1", ""))) {
            List<Outline> commands = server.commands();
            return new CommandFiles(Completion.bash(commands), Completion.zsh(commands), ManualPage.of(commands, version));
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
