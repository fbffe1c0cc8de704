package hokku.core.command;

import hokku.api.Access;
import hokku.api.Apps;
import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.UserError;
import hokku.api.spi.Session;
import picocli.CommandLine;

/// The lock that keeps other code from going live: `apps:lock`, `apps:unlock`, `apps:locked`.
public final class LockCommands implements Plugin {
    @Override
    public void contribute(PluginContext context, Contributions to) {
        Apps apps = context.apps();
        to.command(() -> new Lock(apps));
        to.command(() -> new Unlock(apps));
        to.command(() -> new Locked(apps));
    }

    /// What the two that change it have in common.
    private abstract static sealed class Change extends AppCommand {
        private final Apps apps;

        Change(Apps apps) {
            this.apps = apps;
        }

        @Override
        public final Access access() {
            return Access.DEPLOY;
        }

        final void set(boolean locked, Session session) throws InterruptedException {
            // What is so already is not done once more: that would only hold up whoever waits for the app.
            if (apps.get(name()).locked() != locked) {
                apps.change(name(), app -> app.withLocked(locked), Apps.Restart.NEVER, session.out());
            }
        }
    }

    @CommandLine.Command(name = "apps:lock", description = "Lock an app for deployment: pushes, rebuilds and rollbacks are refused")
    static final class Lock extends Change {
        Lock(Apps apps) {
            super(apps);
        }

        @Override
        public void run(Session session) throws InterruptedException {
            set(true, session);
            session.out().step("Deploy lock created");
        }
    }

    @CommandLine.Command(name = "apps:unlock", description = "Unlock an app for deployment")
    static final class Unlock extends Change {
        Unlock(Apps apps) {
            super(apps);
        }

        @Override
        public void run(Session session) throws InterruptedException {
            set(false, session);
            session.out().step("Deploy lock removed");
        }
    }

    @CommandLine.Command(name = "apps:locked", description = "Tell by the exit code whether an app is locked for deployment")
    static final class Locked extends AppCommand {
        private final Apps apps;

        Locked(Apps apps) {
            this.apps = apps;
        }

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
