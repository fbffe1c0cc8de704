package hokku.core.deploy;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Identity;
import hokku.api.Live;
import hokku.api.Output;
import hokku.api.ProcessType;
import hokku.api.SourceTree;
import hokku.api.UserError;
import hokku.api.hook.AppEvent;
import hokku.core.deploy.Stages.Stage;
import hokku.core.git.Push;
import hokku.core.git.PushHandler;
import hokku.core.git.Repositories;
import hokku.core.plugin.Snapshots;
import hokku.core.state.BuildRecord.Status;
import hokku.core.state.Catalogue;
import hokku.core.state.ReleaseJournal;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes pushes: one at a time for each app, accepted exactly when their release is live.
public final class Deploys implements PushHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Deploys.class);

    private final Catalogue catalogue;
    private final Snapshots snapshots;
    private final LiveApps apps;
    private final DeployQueue queue;
    private final Pipeline pipeline;
    private final Builds builds;
    private final FreeSpace space;
    private final Housekeeping housekeeping;
    private final Repositories repositories;
    private final Sources sources;
    private final FaultPoints faults;
    private final Clock clock;

    Deploys(Catalogue catalogue, Snapshots snapshots, LiveApps apps, DeployQueue queue, Pipeline pipeline,
            Builds builds, FreeSpace space, Housekeeping housekeeping, Repositories repositories, Sources sources,
            FaultPoints faults, Clock clock) {
        this.catalogue = catalogue;
        this.snapshots = snapshots;
        this.apps = apps;
        this.queue = queue;
        this.pipeline = pipeline;
        this.builds = builds;
        this.space = space;
        this.housekeeping = housekeeping;
        this.repositories = repositories;
        this.sources = sources;
        this.faults = faults;
        this.clock = clock;
    }

    @Override
    public void admit(AppName app, Identity by, boolean push) throws IOException {
        if (push) {
            space.demand();
        }
        if (catalogue.find(app).isPresent()) {
            return;
        }
        if (!push) {
            throw UserError.noSuchApp(app);
        }
        if (catalogue.global().value(CoreSettings.DISABLE_AUTOCREATION).orElseThrow()) {
            throw new UserError(UserError.NO_SUCH_APP, "App auto-creation disabled.\nRe-enable app auto-creation or create an app with"
                    + " 'dokku apps:create " + app + "'");
        }
        try {
            apps.create(app);
        } catch (UserError taken) {
            // By another first push at the same time, which is fine.
            if (catalogue.find(app).isEmpty()) {
                throw taken;
            }
        }
    }

    @Override
    public Optional<String> deployBranch(AppName app) {
        return sources.deployBranch(app);
    }

    @Override
    public void deploy(Push push, Output out) throws InterruptedException, IOException {
        deploy(push, "git-hook", out);
    }

    private void deploy(Push push, String source, Output out) throws InterruptedException, IOException {
        long asked = System.nanoTime();
        try (DeployQueue.Turn turn = queue.take(push.app(), push.commit(), push.by().name(), out)) {
            push.recheck();
            DeployLock.demandOpen(catalogue.get(push.app()));
            space.demand();
            ReleaseJournal journal = catalogue.journal(push.app());
            int number = begin(journal, push);
            faults.reach(FaultPoints.Point.BEGUN);
            Stages stages = new Stages(asked, stage -> stage == Stage.COMMIT ? turn.mayCommit() : turn.cancelledBy().isEmpty());
            try (RunningBuild build = builds.begin(push, number, source, stages, out); Snapshots.Lease lease = snapshots.lease()) {
                deploy(lease, push, number, build, turn);
            }
        } finally {
            housekeeping.sweepLater(push.app());
        }
    }

    private void deploy(Snapshots.Lease lease, Push push, int number, RunningBuild build, DeployQueue.Turn turn)
            throws InterruptedException {
        try {
            Live live = pipeline.deploy(lease, push, number, build.stages(), build.log());
            turn.wentLive();
            build.succeeded();
            build.log().step("Deployed in " + build.stages().summary());
            tell(live, build.log());
            new Hooks(lease.registry()).tell(new AppEvent.Changed(push.app(), live.deployment().app().id()));
        } catch (IOException | RuntimeException | InterruptedException failed) {
            throw refused(push, number, build, failed, turn.cancelledBy());
        }
    }

    private int begin(ReleaseJournal journal, Push push) {
        try {
            return journal.begin(push.commit(), push.by().name(), clock.instant());
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    /// @return never, but what the pusher is to be refused with
    private UserError refused(Push push, int number, RunningBuild build, Exception failed, Optional<String> cancelledBy)
            throws InterruptedException {
        Exception why = cancelledBy.<Exception>map(DeployQueue::cancelled)
                .orElseGet(() -> failed instanceof IOException storage ? Failures.storage(storage) : failed);
        boolean cancelled = why instanceof InterruptedException || cancelledBy.isPresent();
        boolean serves = catalogue.find(push.app()).flatMap(App::release).isPresent();
        build.log().warn((cancelled ? "The deploy was cancelled; " : "Deploy failed; ")
                + (serves ? "the former release keeps serving" : "nothing is live"));
        String reason = why instanceof InterruptedException ? "cancelled: the client is gone" : String.valueOf(why.getMessage());
        build.log().note(reason);
        build.ended(cancelled ? Status.CANCELED : Status.FAILED, reason);
        try {
            catalogue.journal(push.app()).failed(number, why instanceof InterruptedException ? "cancelled" : reason);
        } catch (IOException | UserError unrecorded) {
            LOG.warn("That release {} failed could not be recorded: {}", number, unrecorded.getMessage());
        }
        return switch (why) {
            case InterruptedException interrupted -> throw interrupted;
            case UserError refused -> refused;
            case RuntimeException defect -> throw defect;
            default -> throw new IllegalStateException(why);
        };
    }

    private void tell(Live live, Output out) {
        AppName app = live.deployment().app().name();
        out.milestone("Application deployed:");
        if (live.urls().isEmpty()) {
            out.detail("Not reachable through the proxy: " + apps.unreachable(app));
        }
        live.urls().forEach(out::detail);
        if (live.deployment().processes().isEmpty()) {
            out.warn("Nothing of it runs: no process is scaled up. Start containers with ps:scale " + app + " "
                    + live.deployment().release().processes().keySet().stream().filter(process -> !process.equals(ProcessType.RELEASE))
                            .map(process -> process + "=<count>").collect(Collectors.joining(" ")));
        }
    }

    /// Builds and deploys again what the deploy branch holds.
    public void rebuild(AppName app, Identity by, Output out) throws InterruptedException, IOException {
        String branch = "refs/heads/" + deployBranch(app).orElse("master");
        String commit = repositories.exists(app) ? repositories.tip(app, branch).orElse("") : "";
        if (commit.isEmpty()) {
            throw new UserError("App " + app + " has not been deployed: nothing was pushed to it yet");
        }
        deploy(new Rebuild(app, by, branch, commit, repositories.tree(app, commit)), "ps:rebuild", out);
    }

    /// What the deploy branch holds already.
    private record Rebuild(AppName app, Identity by, String ref, String commit, SourceTree tree) implements Push {
        @Override
        public String former() {
            return commit;
        }

        @Override
        public void recheck() {
            // The branch is not moved, so nothing can be lost.
        }

        @Override
        public void moveRef() {
            // It is there already.
        }
    }

    /// Cancels what is being deployed of an app.
    ///
    /// @return whether there was anything
    public boolean cancel(AppName app, Identity by) {
        return !queue.cancel(app, by.name()).what().isEmpty();
    }

    public boolean isDeploying(AppName app) {
        return queue.isDeploying(app);
    }
}
