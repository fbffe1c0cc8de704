package hokku.core.command;

import hokku.api.Access;
import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Contributions;
import hokku.api.Instance;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.ProcessType;
import hokku.api.UserError;
import hokku.api.spi.Command;
import hokku.api.spi.Report;
import hokku.api.spi.Session;
import hokku.core.deploy.Deploys;
import hokku.core.deploy.LiveApps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The commands about the processes of apps: `ps:*`.
public final class ProcessCommands implements Plugin {
    private static final int MOST = 1000;

    private final LiveApps apps;
    private final Deploys deploys;

    public ProcessCommands(LiveApps apps, Deploys deploys) {
        this.apps = apps;
        this.deploys = deploys;
    }

    @Override
    public void contribute(PluginContext context, Contributions to) {
        to.command(Scale::new);
        to.command(Restart::new);
        to.command(Stop::new);
        to.command(Start::new);
        to.command(Rebuild::new);
        to.report(new ProcessReport());
    }

    @CommandLine.Command(name = "ps:scale", description = "Get or set how many containers of each process run")
    final class Scale extends AppCommand {
        @Parameters(index = "1..*", paramLabel = "<process>=<count>", description = "How many containers of a process to run")
        private List<String> counts = List.of();
        @Option(names = "--skip-deploy", description = "Store the scale for the next deploy")
        private boolean skip;
        @Mixin
        private final OutputFormat format = new OutputFormat();

        @Override
        public Access access() {
            return counts.isEmpty() ? Access.READ : Access.OPERATE;
        }

        @Override
        public List<String> audited() {
            return counts;
        }

        @Override
        public void run(Session session) throws Exception {
            AppName name = name();
            if (counts.isEmpty()) {
                show(session, apps.get(name));
                return;
            }
            Map<ProcessType, Integer> wanted = new TreeMap<>();
            for (String count : counts) {
                read(count, apps.get(name), wanted);
            }
            session.out().step("Scaling " + name + " processes: " + String.join(" ", counts));
            apps.change(name, before -> {
                SortedMap<ProcessType, Integer> scale = new TreeMap<>(before.scale());
                scale.putAll(wanted);
                return before.withScale(scale);
            }, skip ? Apps.Restart.NEVER : Apps.Restart.IF_NEEDED, session.out());
        }

        private void show(Session session, App found) {
            SequencedMap<String, Integer> scale = new LinkedHashMap<>();
            TreeMap<ProcessType, Integer> known = new TreeMap<>(found.scale());
            found.release().ifPresent(release -> release.processes().keySet().stream().filter(each -> !each.equals(ProcessType.RELEASE))
                    .forEach(each -> known.put(each, found.count(each))));
            if (found.release().isEmpty()) {
                known.putIfAbsent(ProcessType.WEB, found.count(ProcessType.WEB));
            }
            known.forEach((process, count) -> scale.put(process.value(), count));
            if (format.isJson()) {
                session.json(scale);
                return;
            }
            session.out().step("Scaling for " + name());
            session.print("proctype: qty");
            session.print("--------: ---");
            scale.forEach((process, count) -> session.print(process + ": " + count));
        }

        private static void read(String text, App app, Map<ProcessType, Integer> into) {
            int equals = text.indexOf('=');
            if (equals < 1 || equals == text.length() - 1) {
                throw new UserError("Missing count for process type " + (equals < 1 ? text : text.substring(0, equals))
                        + ". Write <process>=<count>, for instance web=2");
            }
            String process = text.substring(0, equals);
            String count = text.substring(equals + 1);
            if (!count.matches("[0-9]{1,4}") || Integer.parseInt(count) > MOST) {
                throw new UserError("Invalid count for process type " + process + ": use a number from 0 to " + MOST);
            }
            ProcessType type = ProcessType.of(process);
            boolean known = app.release().map(release -> release.processes().containsKey(type)).orElse(true);
            if (!known || type.equals(ProcessType.RELEASE)) {
                throw new UserError(process + " is not a valid process name to scale up. Processes of " + app.name() + ": "
                        + app.release().map(release -> String.join(" ", release.processes().keySet().stream()
                                .filter(each -> !each.equals(ProcessType.RELEASE)).map(ProcessType::value).toList())).orElse("web"));
            }
            into.put(type, Integer.parseInt(count));
        }
    }

    /// Does the same to one app or to all that were deployed.
    abstract sealed class Each extends AppOrAllCommand {
        Each(Access access) {
            super(apps, access);
        }

        @Override
        boolean concerns(App each) {
            return each.release().isPresent();
        }
    }

    @CommandLine.Command(name = "ps:restart", description = "Replace an app's containers by new ones, without downtime")
    final class Restart extends Each {
        Restart() {
            super(Access.OPERATE);
        }

        @Override
        boolean concerns(App each) {
            return super.concerns(each) && !each.stopped();
        }

        @Override
        void act(AppName name, Session session) throws Exception {
            session.out().step("Restarting app " + name);
            apps.restart(name, session.identity(), session.out());
        }
    }

    @CommandLine.Command(name = "ps:stop", description = "Stop an app's containers")
    final class Stop extends Each {
        Stop() {
            super(Access.OPERATE);
        }

        @Override
        void act(AppName name, Session session) throws Exception {
            LiveApps.deployed(apps.get(name));
            session.out().step("Stopping " + name);
            apps.change(name, app -> app.withStopped(true), Apps.Restart.IF_NEEDED, session.out());
        }
    }

    @CommandLine.Command(name = "ps:start", description = "Start an app that was stopped")
    final class Start extends Each {
        Start() {
            super(Access.OPERATE);
        }

        @Override
        void act(AppName name, Session session) throws Exception {
            App app = apps.get(name);
            LiveApps.deployed(app);
            if (!app.stopped()) {
                session.out().warn("App " + name + " already running");
                return;
            }
            session.out().step("Starting " + name);
            apps.change(name, each -> each.withStopped(false), Apps.Restart.IF_NEEDED, session.out());
        }
    }

    @CommandLine.Command(name = "ps:rebuild", description = "Build and deploy again what was pushed last")
    final class Rebuild extends Each {
        Rebuild() {
            super(Access.DEPLOY);
        }

        @Override
        void act(AppName name, Session session) throws Exception {
            deploys.rebuild(name, session.identity(), session.out());
        }
    }

    /// The fields of `ps:report`.
    final class ProcessReport implements Report {
        @Override
        public String group() {
            return "ps";
        }

        @Override
        public String prefix() {
            return "";
        }

        @Override
        public SequencedMap<String, String> fields(App app) {
            List<Instance> instances = app.release().isEmpty() ? List.of() : apps.live(app.name());
            long running = instances.stream().filter(each -> each.state() == Instance.State.RUNNING).count();
            SequencedMap<String, String> fields = new LinkedHashMap<>();
            fields.put("deployed", String.valueOf(app.release().isPresent()));
            fields.put("processes", String.valueOf(instances.size()));
            fields.put("ps-can-scale", "true");
            fields.put("ps-release", app.release().map(release -> String.valueOf(release.number())).orElse(""));
            fields.put("ps-stopped", String.valueOf(app.stopped()));
            fields.put("restore", String.valueOf(!app.stopped()));
            fields.put("running", running == 0 ? "false" : running == instances.size() ? "true" : "mixed");
            // A scheduler may tell of one that is lost beside the one that takes its place.
            instances.forEach(each -> fields.merge("status-" + each.process() + "-" + each.index(), InstanceText.status(each),
                    (one, other) -> one + "; " + other));
            return fields;
        }
    }
}
