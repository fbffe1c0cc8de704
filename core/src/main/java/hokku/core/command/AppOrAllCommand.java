package hokku.core.command;

import hokku.api.Access;
import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/// A command about one app, or with `--all` about each; an app with which it fails does not keep the others from their turn.
abstract class AppOrAllCommand extends AppCommand {
    private static final Logger LOG = LoggerFactory.getLogger(AppOrAllCommand.class);

    private final Apps apps;
    private final Access access;

    @Option(names = "--all", description = "Do it to every app")
    private boolean all;

    /// @param access what it takes to do it to one app
    AppOrAllCommand(Apps apps, Access access) {
        this.apps = apps;
        this.access = access;
    }

    /// A key that an authorizer keeps to some apps must not reach the others at once.
    @Override
    public final Access access() {
        return all ? Access.ADMIN : access;
    }

    @Override
    public final Optional<AppName> app() {
        if (all && isNamed()) {
            throw UserError.usage("Name an app or say --all, not both");
        }
        return all ? Optional.empty() : super.app();
    }

    @Override
    public final void run(Session session) throws Exception {
        if (!all) {
            act(name(), session);
            return;
        }
        List<String> failed = new ArrayList<>();
        for (AppName name : apps.list()) {
            try {
                Optional<App> app = apps.find(name);
                if (app.isPresent() && concerns(app.get())) {
                    act(name, session);
                }
            } catch (UserError error) {
                session.out().warn(name + ": " + error.getMessage());
                failed.add(name.value());
            } catch (RuntimeException defect) {
                LOG.error("{}: a command about all apps failed", name, defect);
                session.out().warn(name + ": " + defect + "; the server's log tells more");
                failed.add(name.value());
            }
        }
        if (!failed.isEmpty()) {
            throw new UserError("Failed for " + String.join(", ", failed) + "; see above");
        }
    }

    /// Whether `--all` means an app too.
    boolean concerns(App each) {
        return true;
    }

    abstract void act(AppName name, Session session) throws Exception;
}
