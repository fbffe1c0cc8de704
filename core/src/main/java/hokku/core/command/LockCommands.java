package hokku.core.command;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.UserError;
import hokku.api.spi.Session;
import picocli.CommandLine;

/// The lock that keeps other code from going live: `apps:lock`, `apps:unlock`, `apps:locked`.
public final class LockCommands implements Plugin {
    private final Apps apps;

    public LockCommands(Apps apps) {
        this.apps = apps;
    }

    @Override
    public void contribute(PluginContext context, Contributions to) {
        to.command(Lock::new);
        to.command(Unlock::new);
        to.command(Locked::new);
    }

    private void set(AppName name, boolean locked, Session session) throws InterruptedException {
        // What is so already is not done once more: that would only hold up whoever waits for the app.
        if (apps.get(name).locked() != locked) {
            apps.change(name, app -> app.withLocked(locked), Apps.Restart.NEVER, session.out());
        }
    }

    @CommandLine.Command(name = "apps:lock", description = "Lock an app for deployment: pushes, rebuilds and rollbacks are refused")
    final class Lock extends AppCommand {
        @Override
        public Access access() {
            return Access.DEPLOY;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            set(name(), true, session);
            session.out().step("Deploy lock created");
        }
    }

    @CommandLine.Command(name = "apps:unlock", description = "Unlock an app for deployment")
    final class Unlock extends AppCommand {
        @Override
        public Access access() {
            return Access.DEPLOY;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            set(name(), false, session);
            session.out().step("Deploy lock removed");
        }
    }

    @CommandLine.Command(name = "apps:locked", description = "Tell by the exit code whether an app is locked for deployment")
    final class Locked extends AppCommand {
        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            if (apps.get(name()).locked()) {
                session.print("Deploy lock exists");
                return;
            }
            session.out().warn("Deploy lock does not exist");
            session.exit(UserError.FAILED);
        }
    }
}
