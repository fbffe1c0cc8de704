package hokku.buildstep;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.spi.Command;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Parameters;

/// A command about the buildpacks of an app, which is its first parameter.
abstract class BuildpacksCommand implements Command {
    private final Apps apps;

    @Parameters(index = "0", arity = "0..1", defaultValue = "", paramLabel = "<app>", description = "The app")
    private String app;

    BuildpacksCommand(Apps apps) {
        this.apps = apps;
    }

    @Override
    public final Optional<AppName> app() {
        return Optional.of(name());
    }

    final AppName name() {
        return AppName.of(app);
    }

    final Apps apps() {
        return apps;
    }

    /// The buildpacks that are set, as they were typed.
    static List<String> list(App app) {
        return app.own(BuildstepSettings.LIST).orElse(List.of());
    }
}
