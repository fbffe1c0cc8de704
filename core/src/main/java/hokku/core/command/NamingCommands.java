package hokku.core.command;

import hokku.api.Access;
import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Apps.Restart;
import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.UserError;
import hokku.api.spi.Session;
import hokku.core.deploy.Clones;
import hokku.core.deploy.LiveApps;
import hokku.core.deploy.Renames;
import hokku.core.plugin.Snapshots;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Other names for apps, and copies of them: `apps:rename`, `apps:clone`.
public final class NamingCommands implements Plugin {
    private final LiveApps apps;
    private final Renames renames;
    private final Clones clones;
    private final Snapshots snapshots;

    public NamingCommands(LiveApps apps, Renames renames, Clones clones, Snapshots snapshots) {
        this.apps = apps;
        this.renames = renames;
        this.clones = clones;
        this.snapshots = snapshots;
    }

    @Override
    public void contribute(PluginContext context, Contributions to) {
        to.command(Rename::new);
        to.command(Clone::new);
    }

    /// What has an app and the name of one that is to be.
    private abstract sealed class Naming extends AppCommand {
        @Parameters(index = "1", paramLabel = "<new-app>", description = "The name that is not taken yet")
        private String wanted = "";

        @Override
        public final Access access() {
            return Access.DEPLOY;
        }

        @Override
        public final List<String> audited() {
            return List.of(wanted().value());
        }

        final AppName wanted() {
            return AppName.of(wanted);
        }

        /// Whoever may do it with the one app need not be allowed to have one of the other name.
        final void authorize(String command, Session session) throws PluginFailure {
            try (Snapshots.Lease lease = snapshots.lease()) {
                Authorization.check(lease.registry(), session.identity(), command, access(), Optional.of(wanted()));
            }
        }
    }

    @CommandLine.Command(name = "apps:rename", description = "Rename an app; it is served throughout",
            customSynopsis = "dokku apps:rename [--skip-deploy] <app> <new-app>")
    private final class Rename extends Naming {
        @Option(names = "--skip-deploy", description = "Leave the containers as they are, with the former name, until the next deploy")
        private boolean skipDeploy;

        @Override
        public void run(Session session) throws Exception {
            authorize("apps:rename", session);
            session.out().step("Renaming " + name() + " to " + wanted());
            App renamed = renames.rename(name(), wanted(), session.out());
            if (renamed.release().isEmpty() || renamed.stopped()) {
                return;
            }
            if (skipDeploy) {
                session.out().detail("Its containers have the former name until the next deploy, or ps:restart " + wanted());
            } else {
                deploy(session);
            }
            apps.urls(wanted()).forEach(session.out()::detail);
        }

        /// The app has its new name and is served under it, whatever becomes of this.
        private void deploy(Session session) throws InterruptedException {
            try {
                apps.restart(wanted(), session.identity(), session.out());
            } catch (UserError failed) {
                session.out().warn(failed.getMessage());
                session.out().warn(name() + " is renamed to " + wanted() + ", but its containers have the former name until the next deploy");
            }
        }
    }

    @CommandLine.Command(name = "apps:clone", description = "Make a copy of an app, with everything but its domains",
            customSynopsis = "dokku apps:clone [--skip-deploy] [--ignore-existing] <app> <new-app>")
    private final class Clone extends Naming {
        @Option(names = "--skip-deploy", description = "Leave the copy stopped, until it is deployed or started")
        private boolean skipDeploy;

        @Option(names = "--ignore-existing", description = "Do nothing when there is an app of the new name already")
        private boolean ignoreExisting;

        @Override
        public void run(Session session) throws Exception {
            authorize("apps:clone", session);
            if (ignoreExisting && apps.find(wanted()).isPresent()) {
                session.out().warn("Name is already taken");
                return;
            }
            boolean serves = !apps.get(name()).stopped();
            session.out().step("Cloning " + name() + " to " + wanted());
            App copy = clones.copy(name(), wanted());
            if (copy.release().isEmpty()) {
                return;
            }
            if (skipDeploy || !serves) {
                session.out().detail("It is stopped. Start it with ps:start " + wanted());
            } else {
                deploy(session);
                apps.urls(wanted()).forEach(session.out()::detail);
            }
        }

        /// A copy that does not run although it should is none.
        private void deploy(Session session) throws InterruptedException {
            boolean deployed = false;
            try {
                apps.change(wanted(), app -> app.withStopped(false), Restart.IF_NEEDED, session.out());
                deployed = true;
            } finally {
                if (!deployed) {
                    discard(session);
                }
            }
        }

        /// Also when the client is gone, which has interrupted this thread.
        private void discard(Session session) throws InterruptedException {
            boolean interrupted = Thread.interrupted();
            try {
                apps.destroy(wanted(), session.out());
            } catch (UserError failed) {
                session.out().warn(wanted() + " is left, stopped: " + failed.getMessage() + ". Remove it with apps:destroy " + wanted());
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
