package hokku.core.deploy;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.Deployment;
import hokku.api.Instance;
import hokku.api.Output;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.Uninterruptible;
import hokku.api.UserError;
import hokku.api.spi.Scheduler;
import hokku.core.plugin.Registry;
import hokku.core.state.ReleaseJournal.Marker;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a rollout leaves behind: the deployment that was live, on the scheduler that ran it, which need not be the one that it goes to.
///
/// Used by the one thread that rolls the app out.
final class Departure {
    private static final Logger LOG = LoggerFactory.getLogger(Departure.class);

    private final App app;
    private final Optional<Marker> live;
    private final Registry.Contribution<Scheduler> next;
    /// Where the former deployment runs; empty when there is none, or when its plugin is not there any more.
    private final Optional<Registry.Contribution<Scheduler>> former;
    private boolean stopped;

    /// @param app as it is before the rollout
    /// @param live what the journal says of it
    /// @param next where the rollout goes
    Departure(Registry registry, App app, Optional<Marker> live, Registry.Contribution<Scheduler> next) {
        this.app = app;
        this.live = live;
        this.next = next;
        this.former = live.flatMap(marker -> Optional.ofNullable(registry.schedulers().get(SchedulerChoice.homeName(app, live))));
        if (live.isPresent() && former.isEmpty()) {
            LOG.warn("{}: the scheduler {}, which ran it, is not there any more; what it runs is left", app.name(), SchedulerChoice.homeName(app, live));
        }
    }

    /// Whether the app goes to another scheduler.
    boolean moves() {
        return live.isPresent() && !SchedulerChoice.homeName(app, live).equals(next.value().name());
    }

    /// The scheduler that the app leaves; empty when it stays.
    Optional<Scheduler> left() {
        return moves() ? former.map(Registry.Contribution::value) : Optional.empty();
    }

    /// Ends what must not run twice at a time before it starts elsewhere: the scheduler that it goes to does not know of it. On one and
    /// the same scheduler that is the scheduler's own task.
    ///
    /// @throws UserError when it cannot be ended
    void makeRoom(Deployment deployment, Output out) throws InterruptedException {
        if (left().isEmpty() || once(deployment).isEmpty()) {
            return;
        }
        Scheduler leaving = left().orElseThrow();
        try {
            Failures.in(former.orElseThrow().plugin(), "stopping containers", () -> {
                // It answers, so that some may have ended even if it fails from here on.
                stopped = !leaving.instances(app.id()).isEmpty();
                end(leaving, deployment, out);
                return app;
            });
        } catch (UserError failed) {
            throw new UserError(failed.exitCode(), ("Zero downtime is disabled for %s of %s, so that must end on %s before it starts on %s, and it could not"
                    + " be stopped: %s. See checks:report %s").formatted(words(once(deployment)), app.name(), leaving.name(), next.value().name(),
                            failed.getMessage(), app.name()), failed);
        }
    }

    /// Ends, on a scheduler that is not going to run a deployment, what of the app must not run beside it.
    static void end(Scheduler scheduler, Deployment deployment, Output out) throws InterruptedException {
        Set<ProcessType> once = once(deployment);
        if (once.isEmpty()) {
            return;
        }
        AppId app = deployment.app().id();
        Predicate<Instance> meant = instance -> instance.kind() == ProcessSpec.Kind.DEPLOY && once.contains(instance.process());
        List<Instance> running = scheduler.instances(app).stream().filter(meant).toList();
        if (!running.isEmpty()) {
            out.detail("Zero downtime is disabled, stopping currently running containers ("
                    + words(running.stream().map(Instance::process).collect(Collectors.toSet())) + ")");
            scheduler.retire(app, meant);
        }
    }

    private static Set<ProcessType> once(Deployment deployment) {
        return deployment.processes().stream().filter(spec -> !spec.zeroDowntime() && spec.count() > 0).map(ProcessSpec::process)
                .collect(Collectors.toSet());
    }

    private static String words(Set<ProcessType> processes) {
        return processes.stream().sorted().map(ProcessType::value).collect(Collectors.joining(", "));
    }

    /// What had to stop before the refused deployment could start runs again, where it ran before.
    ///
    /// @param started whether the refused deployment ran; where one did not start, its scheduler has brought back what it had stopped
    void bringBack(Hooks hooks, Deployment refused, boolean started) {
        boolean stoppedByScheduler = !moves() && started && refused.processes().stream().anyMatch(spec -> !spec.zeroDowntime());
        if (!stopped && !stoppedByScheduler || former.isEmpty() || app.stopped()) {
            return;
        }
        Output log = new LogOutput(app.name());
        try {
            Uninterruptible.call("bring back " + app.name(), () -> former.get().value().start(Rollouts.prepared(hooks,
                    DeploymentPlan.of(live.orElseThrow(), app, app.release().orElseThrow()), log), log));
        } catch (Exception failed) {
            LOG.error("{}: the former containers could not be started again; the server tries again", app.name(), failed);
        }
    }
}
