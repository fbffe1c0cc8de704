package hokku.core.command;

import hokku.api.Access;
import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.UserError;
import hokku.api.spi.Command;
import hokku.api.spi.Report;
import hokku.api.spi.Session;
import hokku.core.deploy.Deploys;
import hokku.core.deploy.LiveApps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// The commands about apps as such: `apps:*`.
public final class AppCommands implements Plugin {
    private final LiveApps apps;
    private final Deploys deploys;

    public AppCommands(LiveApps apps, Deploys deploys) {
        this.apps = apps;
        this.deploys = deploys;
    }

    @Override
    public void contribute(PluginContext context, Contributions to) {
        to.command(Create::new);
        to.command(Destroy::new);
        to.command(Exists::new);
        to.command(ListAll::new);
        to.report(new AppReport());
        to.report(new GitReport(deploys));
    }

    @CommandLine.Command(name = "apps:create", description = "Create a new app")
    final class Create extends AppCommand {
        @Override
        public Access access() {
            return Access.DEPLOY;
        }

        @Override
        public boolean appMustExist() {
            return false;
        }

        @Override
        public void run(Session session) {
            AppName name = name();
            apps.create(name);
            session.out().step("Creating " + name + "...");
        }
    }

    @CommandLine.Command(name = "apps:destroy", description = "Permanently destroy an app")
    final class Destroy extends AppCommand {
        @Option(names = {"-f", "--force"}, description = "Do not ask for the app's name")
        private boolean force;

        @Override
        public Access access() {
            return Access.DEPLOY;
        }

        @Override
        public void run(Session session) throws Exception {
            AppName name = name();
            if (!force) {
                session.confirm(name, "This command will destroy " + name + " (including all add-ons).");
            }
            session.out().step("Destroying " + name + " (including all add-ons)");
            if (deploys.cancel(name, session.identity())) {
                session.out().detail("Cancelling the deploy that runs");
            }
            apps.destroy(name, session.out());
        }
    }

    @CommandLine.Command(name = "apps:exists", description = "Check whether an app exists")
    final class Exists extends AppCommand {
        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            session.out().step("App " + name() + " exists");
        }
    }

    @CommandLine.Command(name = "apps:list", description = "List your apps")
    final class ListAll implements Command {
        @Mixin
        private final OutputFormat format = new OutputFormat();

        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            List<String> names = apps.list().stream().map(AppName::value).toList();
            if (format.isJson()) {
                session.json(names);
                return;
            }
            if (names.isEmpty()) {
                throw new UserError("You haven't deployed any applications yet");
            }
            session.out().milestone("My Apps");
            // at once: with a thousand apps a packet for each would take longer than all else
            session.print(String.join("\n", names));
        }
    }

    /// Which branch is deployed when none was chosen: the one that came first.
    record GitReport(Deploys deploys) implements Report {
        @Override
        public String group() {
            return "git";
        }

        @Override
        public SequencedMap<String, String> fields(App app) {
            SequencedMap<String, String> fields = new LinkedHashMap<>();
            fields.put("computed-deploy-branch", deploys.deployBranch(app.name()).orElse(""));
            return fields;
        }
    }

    /// The fields of `apps:report`.
    static final class AppReport implements Report {
        @Override
        public String group() {
            return "apps";
        }

        @Override
        public String prefix() {
            return "app-";
        }

        @Override
        public SequencedMap<String, String> fields(App app) {
            SequencedMap<String, String> fields = new LinkedHashMap<>();
            fields.put("created-at", String.valueOf(app.created().getEpochSecond()));
            fields.put("deploy-source", app.release().map(release -> "git-push").orElse(""));
            fields.put("deploy-source-metadata", app.release().map(release -> release.commit()).orElse(""));
            fields.put("id", app.id().value());
            fields.put("locked", String.valueOf(app.locked()));
            return fields;
        }
    }
}
