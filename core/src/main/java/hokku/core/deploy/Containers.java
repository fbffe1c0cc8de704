package hokku.core.deploy;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Attachment;
import hokku.api.Env;
import hokku.api.Instance;
import hokku.api.Output;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.Release;
import hokku.api.UserError;
import hokku.api.hook.PreStart;
import hokku.api.spi.Scheduler;
import hokku.core.plugin.Snapshots;
import hokku.core.state.Catalogue;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a user does with the containers of an app besides deploying: one-off commands, a look inside, logs.
public final class Containers {
    private static final ProcessType RUN = ProcessType.of("run");
    /// A shell: bash where the image has it.
    private static final List<String> SHELL = List.of("/bin/sh", "-c", "if [ -x /bin/bash ]; then exec /bin/bash; fi; exec /bin/sh");

    private final Catalogue catalogue;
    private final Snapshots snapshots;
    private final Rollouts rollouts;

    Containers(Catalogue catalogue, Snapshots snapshots, Rollouts rollouts) {
        this.catalogue = catalogue;
        this.snapshots = snapshots;
        this.rollouts = rollouts;
    }

    /// Runs a command in a new container of the live release. The name of a process type stands for its command, which
    /// is the image's own one where there is no Procfile.
    ///
    /// @return its exit code
    public int run(AppName name, List<String> command, Env further, Attachment attachment, Output out) throws InterruptedException {
        try (Snapshots.Lease lease = snapshots.lease()) {
            App app = catalogue.get(name);
            Release release = LiveApps.deployed(app);
            List<String> words = process(release, command);
            ProcessSpec task = DeploymentPlan.task(ProcessSpec.Kind.RUN, DeploymentPlan.newId(release.number()), app, release, RUN, words);
            ProcessSpec amended = new Hooks(lease.registry()).before(PreStart.class, task.withEnv(task.env().merge(further)), out);
            return rollouts.home(lease.registry(), app).value().run(amended, attachment);
        }
    }

    private static List<String> process(Release release, List<String> command) {
        if (command.size() == 1) {
            return release.processes().entrySet().stream().filter(each -> each.getKey().value().equals(command.getFirst()))
                    .map(java.util.Map.Entry::getValue).findFirst().orElse(command);
        }
        return command;
    }

    /// Runs a command, or a shell, in a container that runs.
    ///
    /// @param which `web`, `web.1`, or empty for the first one
    /// @return its exit code
    public int enter(AppName name, Optional<String> which, Optional<String> container, List<String> command, Attachment attachment)
            throws InterruptedException {
        try (Snapshots.Lease lease = snapshots.lease()) {
            App app = catalogue.get(name);
            Scheduler scheduler = rollouts.home(lease.registry(), app).value();
            List<Instance> running = rollouts.live(lease.registry(), app).stream().filter(each -> each.state() == Instance.State.RUNNING).toList();
            Instance instance = (container.isPresent() ? named(container.get(), running) : running.stream().filter(each -> which
                    .map(type -> each.dyno().equals(type) || each.process().value().equals(type)).orElse(true)).findFirst())
                    .orElseThrow(() -> notThere(app, which, container, running));
            return scheduler.enter(instance, command.isEmpty() ? SHELL : command, attachment);
        }
    }

    /// The beginning of an engine's id is enough, of a name it is not: `hello-web-12.1` must not lead into `hello-web-12.10`.
    private static Optional<Instance> named(String id, List<Instance> running) {
        return running.stream().filter(each -> each.container().equals(id) || each.container().matches("[0-9a-f]{64}")
                && each.container().startsWith(id)).findFirst();
    }

    private static UserError notThere(App app, Optional<String> which, Optional<String> container, List<Instance> running) {
        LiveApps.deployed(app);
        if (running.isEmpty()) {
            return new UserError("Container is not running. " + startIt(app));
        }
        if (container.isPresent()) {
            return new UserError("Container is not running: none of " + app.name() + " has the id " + container.get() + ". See ps:report "
                    + app.name());
        }
        String types = running.stream().map(Instance::dyno).distinct().collect(Collectors.joining(" "));
        return new UserError("Invalid process type specified (" + app.name() + "." + which.orElse("") + ")\n"
                + "Available types for app (" + app.name() + "): " + types);
    }

    /// Passes on what the app's containers write.
    ///
    /// @param which `web`, `web.1`, or empty for all
    public void logs(AppName name, Optional<String> which, int lines, boolean follow, Scheduler.LogSink sink) throws InterruptedException {
        try (Snapshots.Lease lease = snapshots.lease()) {
            App app = catalogue.get(name);
            LiveApps.deployed(app);
            Scheduler scheduler = rollouts.home(lease.registry(), app).value();
            List<Instance> instances = rollouts.live(lease.registry(), app).stream().filter(each -> which.map(type -> each.dyno().equals(type)
                    || each.process().value().equals(type)).orElse(true)).toList();
            if (instances.isEmpty()) {
                throw new UserError(which.isPresent() ? "App " + name + " runs no process " + which.get() + ". See ps:report " + name
                        : "App " + name + " runs nothing, so there are no logs. " + startIt(app));
            }
            scheduler.logs(instances, lines, follow, sink);
        }
    }

    private static String startIt(App app) {
        return app.stopped() ? "Start it with ps:start " + app.name()
                : "See ps:report " + app.name() + ", and start containers with ps:scale " + app.name() + " <process>=<count>";
    }
}
