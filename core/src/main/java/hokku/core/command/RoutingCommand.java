package hokku.core.command;

import hokku.api.Access;
import hokku.api.App;
import hokku.api.Apps;
import hokku.api.Apps.Restart;
import hokku.api.Output;
import java.util.function.UnaryOperator;

/// A command about how one app is reached.
abstract class RoutingCommand extends AppCommand {
    private final Apps apps;

    RoutingCommand(Apps apps) {
        this.apps = apps;
    }

    @Override
    public Access access() {
        return Access.DEPLOY;
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
