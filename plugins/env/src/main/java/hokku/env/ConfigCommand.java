package hokku.env;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Env;
import hokku.api.UserError;
import hokku.api.spi.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// A command about the variables of an app, or with `--global` of the whole server.
abstract class ConfigCommand implements Command {
    private final Apps apps;

    @Option(names = "--global", description = "The variables of the whole server, which every app gets")
    private boolean global;

    @Parameters(arity = "0..*", paramLabel = "<word>", description = "The app, unless --global is given; then what the command needs")
    private final List<String> words = new ArrayList<>();

    ConfigCommand(Apps apps) {
        this.apps = apps;
    }

    @Override
    public final Optional<AppName> app() {
        return global ? Optional.empty() : Optional.of(AppName.of(words.isEmpty() ? "" : words.getFirst()));
    }

    /// Values may be secret: who may only look must not see them.
    @Override
    public Access access() {
        return Access.DEPLOY;
    }

    /// The words after the app.
    final List<String> arguments() {
        return global || words.isEmpty() ? words : words.subList(1, words.size());
    }

    final void refuseArguments() {
        if (!arguments().isEmpty()) {
            throw UserError.usage("Unexpected argument(s): " + arguments());
        }
    }

    final boolean isGlobal() {
        return global;
    }

    final Apps apps() {
        return apps;
    }

    /// Whose variables they are, as headings name it.
    final String owner() {
        return app().map(AppName::value).orElse("global");
    }

    /// What was set here, without what comes from elsewhere.
    final Env own() {
        return app().map(name -> apps.get(name).env()).orElseGet(() -> apps.global().env());
    }

    /// What the app's containers get.
    final Env merged() {
        return app().map(name -> apps.get(name).runtimeEnv()).orElseGet(() -> apps.global().env());
    }
}
