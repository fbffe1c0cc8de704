package hokku.env;

import hokku.api.Apps;
import hokku.api.EnvKey;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Prints one value.
@Command(name = "config:get", description = "Print the value of a variable; exit code 1 when it is not set",
        customSynopsis = "dokku config:get [--quoted] (<app>|--global) KEY")
final class ConfigGet extends ConfigCommand {
    @Option(names = "--quoted", description = "Print the value in single quotes, for a shell")
    private boolean quoted;

    ConfigGet(Apps apps) {
        super(apps);
    }

    @Override
    public List<String> audited() {
        return arguments();
    }

    @Override
    public void run(Session session) {
        if (arguments().isEmpty()) {
            throw new UserError("Expected: key");
        }
        if (arguments().size() > 1) {
            throw new UserError("Unexpected argument(s): " + arguments().subList(1, arguments().size()));
        }
        Optional<String> value = own().get(EnvKey.of(arguments().getFirst()));
        if (value.isPresent()) {
            session.print(quoted ? ExportFormat.singleQuoted(value.get()) : value.get());
        } else {
            session.exit(UserError.FAILED);
        }
    }
}
