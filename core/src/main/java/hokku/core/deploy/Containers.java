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
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// What a user does with the containers of an app besides deploying: one-off commands, a look inside, logs.
public final class Containers {
    private static final ProcessType RUN = ProcessType.of("run");
    /// A shell: bash where the image has it.
    private static final List<String> SHELL = List.of("/bin/sh", "-c", "if [ -x /bin/bash ]; then exec /bin/bash; fi; exec /bin/sh");

    private final Catalogue catalogue;
    private final Snapshots snapshots;

    Containers(Catalogue catalogue, Snapshots snapshots) {
        this.catalogue = catalogue;
        this.snapshots = snapshots;
    }

    /// Runs a command in a new container of the live release. The name of a process type stands for its command.
    ///
    /// @return its exit code
    public int run(AppName name, List<String> command, Env further, Attachment attachment, Output out) throws InterruptedException {
        try (Snapshots.Lease lease = snapshots.lease()) {
            App app = catalogue.get(name);
            Release release = deployed(app);
            List<String> words = process(release, command);
            ProcessSpec task = DeploymentPlan.task(ProcessSpec.Kind.RUN, DeploymentPlan.newId(release.number()), app, release, RUN, words);
            ProcessSpec amended = new Hooks(lease.registry()).before(PreStart.class, task.withEnv(task.env().merge(further)), out);
            return Rollouts.scheduler(lease.registry(), app).value().run(amended, attachment);
        }
    }

    private static List<String> process(Release release, List<String> command) {
        if (command.size() == 1) {
            return release.processes().entrySet().stream().filter(each -> each.getKey().value().equals(command.getFirst()))
                    .map(java.util.Map.Entry::getValue).filter(words -> !words.isEmpty()).findFirst().orElse(command);
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
            Scheduler scheduler = Rollouts.scheduler(lease.registry(), app).value();
            List<Instance> running = live(app, scheduler).stream().filter(each -> each.state() == Instance.State.RUNNING).toList();
            Predicate<Instance> wanted = each -> container.map(id -> each.container().startsWith(id))
                    .orElseGet(() -> which.map(type -> each.dyno().equals(type) || each.process().value().equals(type)).orElse(true));
            Instance instance = running.stream().filter(wanted).findFirst().orElseThrow(() -> notThere(app, which, container, running));
            return scheduler.enter(instance, command.isEmpty() ? SHELL : command, attachment);
        }
    }

    private static UserError notThere(App app, Optional<String> which, Optional<String> container, List<Instance> running) {
        deployed(app);
        if (running.isEmpty()) {
            return new UserError("Container is not running. Start the app with ps:start " + app.name());
        }
        String types = running.stream().map(Instance::dyno).distinct().collect(Collectors.joining(" "));
        return new UserError("Invalid process type specified (" + app.name() + "." + which.or(() -> container).orElse("") + ")\n"
                + "Available types for app (" + app.name() + "): " + types);
    }

    /// Passes on what the app's containers write.
    ///
    /// @param which `web`, `web.1`, or empty for all
    public void logs(AppName name, Optional<String> which, int lines, boolean follow, Scheduler.LogSink sink) throws InterruptedException {
        try (Snapshots.Lease lease = snapshots.lease()) {
            App app = catalogue.get(name);
            deployed(app);
            Scheduler scheduler = Rollouts.scheduler(lease.registry(), app).value();
            List<Instance> instances = live(app, scheduler).stream().filter(each -> which.map(type -> each.dyno().equals(type)
                    || each.process().value().equals(type)).orElse(true)).toList();
            if (instances.isEmpty() && which.isPresent()) {
                throw new UserError("App " + name + " runs no process " + which.get() + ". See ps:report " + name);
            }
            scheduler.logs(instances, lines, follow, sink);
        }
    }

    /// The containers of the live deployment.
    private List<Instance> live(App app, Scheduler scheduler) {
        Optional<String> deployment = catalogue.journal(app.name()).current().map(marker -> marker.deployment());
        return scheduler.instances(app.id()).stream().filter(each -> each.kind() == ProcessSpec.Kind.DEPLOY
                && deployment.filter(each.deploy()::equals).isPresent()).toList();
    }

    private static Release deployed(App app) {
        return app.release().orElseThrow(() -> new UserError("App " + app.name() + " has not been deployed"));
    }
}
