package hokku.core.command;

import hokku.api.Access;
import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Apps.Restart;
import hokku.api.Output;
import hokku.api.spi.Command;
import java.util.Optional;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Parameters;

/// A command about how one app is reached.
abstract class RoutingCommand implements Command {
    private final Apps apps;

    @Parameters(index = "0", arity = "0..1", defaultValue = "", paramLabel = "<app>", description = "The app")
    private String app;

    RoutingCommand(Apps apps) {
        this.apps = apps;
    }

    @Override
    public Access access() {
        return Access.DEPLOY;
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

    final App current() {
        return apps.get(name());
    }

    /// Applies the change, unless there is nothing to change: an unchanged app would be routed anew.
    ///
    /// @return whether there was
    final boolean change(UnaryOperator<App> change, Output out) throws InterruptedException {
        App now = current();
        if (change.apply(now).equals(now)) {
            return false;
        }
        apps.change(name(), change, Restart.IF_NEEDED, out);
        return true;
    }
}
