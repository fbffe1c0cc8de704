package hokku.core.command;

import hokku.api.AppName;
import hokku.api.spi.Command;
import java.util.Optional;
import picocli.CommandLine.Parameters;

/// A command about one app, which is its first parameter.
abstract class AppCommand implements Command {
    @Parameters(index = "0", arity = "0..1", defaultValue = "", paramLabel = "<app>", description = "The app")
    private String app;

    /// @throws hokku.api.UserError when none was given, or what was given names no app
    @Override
    public Optional<AppName> app() {
        return Optional.of(name());
    }

    final boolean isNamed() {
        return !app.isEmpty();
    }

    final AppName name() {
        return AppName.of(app);
    }
}
