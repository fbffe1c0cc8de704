package hokku.core.deploy;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Identity;
import hokku.api.Live;
import hokku.api.Output;
import hokku.api.ProcessType;
import hokku.api.Release;
import hokku.api.SourceTree;
import hokku.api.UserError;
import hokku.api.hook.AppEvent;
import hokku.core.git.Push;
import hokku.core.git.PushHandler;
import hokku.core.git.Repositories;
import hokku.core.plugin.Snapshots;
import hokku.core.state.Catalogue;
import hokku.core.state.Home;
import hokku.core.state.ReleaseJournal;
import hokku.core.state.ReleaseJournal.Marker;
import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes pushes: one at a time for each app, accepted exactly when their release is live.
public final class Deploys implements PushHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Deploys.class);

    private final Home home;
    private final Catalogue catalogue;
    private final Snapshots snapshots;
    private final AppLocks locks;
    private final LiveApps apps;
    private final DeployQueue queue;
    private final Pipeline pipeline;
    private final Images images;
    private final Repositories repositories;
    private final FaultPoints faults;
    private final Clock clock;

    Deploys(Home home, Catalogue catalogue, Snapshots snapshots, AppLocks locks, LiveApps apps, DeployQueue queue, Pipeline pipeline,
            Images images, Repositories repositories, FaultPoints faults, Clock clock) {
        this.home = home;
        this.catalogue = catalogue;
        this.snapshots = snapshots;
        this.locks = locks;
        this.apps = apps;
        this.queue = queue;
        this.pipeline = pipeline;
        this.images = images;
        this.repositories = repositories;
        this.faults = faults;
        this.clock = clock;
    }

    @Override
    public void admit(AppName app, Identity by, boolean push) throws IOException {
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
        Optional<String> set = catalogue.get(app).value(CoreSettings.DEPLOY_BRANCH);
        if (set.isPresent()) {
            return set;
        }
        try {
            return catalogue.journal(app).markers().reversed().stream().flatMap(marker -> marker.ref().stream()).findFirst()
                    .map(move -> move.ref().substring("refs/heads/".length()));
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    @Override
    public void deploy(Push push, Output out) throws InterruptedException, IOException {
        try (DeployQueue.Turn _ = queue.take(push.app(), push.commit(), push.by().name(), out)) {
            push.recheck();
            DeployLock.demandOpen(catalogue.get(push.app()));
            ReleaseJournal journal = catalogue.journal(push.app());
            int number = begin(journal, push);
            faults.reach(FaultPoints.Point.BEGUN);
            try (BuildLog log = BuildLog.open(home.builds(push.app()), number, out); Snapshots.Lease lease = snapshots.lease()) {
                try {
                    Live live = pipeline.deploy(lease, push, number, log);
                    tell(live, log);
                    new Hooks(lease.registry()).tell(new AppEvent.Changed(push.app(), live.deployment().app().id()));
                } catch (IOException failed) {
                    throw refused(journal, push, number, Failures.storage(failed), log);
                } catch (RuntimeException failed) {
                    throw refused(journal, push, number, failed, log);
                } catch (InterruptedException cancelled) {
                    throw refused(journal, push, number, cancelled, log);
                }
            }
        } finally {
            sweepLater(push.app());
        }
    }

    private int begin(ReleaseJournal journal, Push push) {
        try {
            return journal.begin(push.commit(), push.by().name(), clock.instant());
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    private <X extends Exception> X refused(ReleaseJournal journal, Push push, int number, X why, Output out) {
        boolean serves = catalogue.find(push.app()).flatMap(App::release).isPresent();
        out.warn((why instanceof InterruptedException ? "The deploy was cancelled; " : "Deploy failed; ")
                + (serves ? "the former release keeps serving" : "nothing is live"));
        try {
            journal.failed(number, why instanceof InterruptedException ? "cancelled" : String.valueOf(why.getMessage()));
        } catch (IOException failed) {
            LOG.warn("That release {} failed could not be recorded: {}", number, failed.getMessage());
        }
        return why;
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
        deploy(new Rebuild(app, by, branch, commit, repositories.tree(app, commit)), out);
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
    public boolean cancel(AppName app) {
        return queue.cancel(app);
    }

    public boolean isDeploying(AppName app) {
        return queue.isDeploying(app);
    }

    /// Removes images of an app that no kept release needs; does nothing while the app is being deployed.
    public void sweep(AppName app) throws InterruptedException {
        whileIdle(app, "a cleanup", found -> images.sweep(found, kept(found)));
    }

    /// Removes images and objects of the repository that nothing needs; does nothing while the app is being deployed.
    void tidy(AppName app) throws InterruptedException {
        whileIdle(app, "the upkeep", found -> {
            images.sweep(found, kept(found));
            if (repositories.exists(app)) {
                repositories.gc(app);
            }
        });
    }

    private interface Work {
        void on(App app) throws IOException;
    }

    private void whileIdle(AppName app, String what, Work work) throws InterruptedException {
        Optional<DeployQueue.Turn> turn = queue.takeIfFree(app, what);
        if (turn.isEmpty()) {
            return;
        }
        // The lock too: a rollback may be about to start what nothing needed until now.
        try (DeployQueue.Turn _ = turn.get(); AppLocks.Held _ = locks.hold(app)) {
            Optional<App> found = catalogue.find(app);
            if (found.isPresent()) {
                work.on(found.get());
            }
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    private void sweepLater(AppName app) {
        Thread.ofVirtual().name("sweep " + app).start(() -> {
            try {
                sweep(app);
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException failed) {
                LOG.warn("{}: images that are not needed could not be removed: {}", app, failed.getMessage());
            }
        });
    }

    /// The releases whose image stays: the live one, and the last ones that were live.
    private List<Release> kept(App app) throws IOException {
        int most = app.value(CoreSettings.KEPT_RELEASES).orElseThrow();
        Map<Integer, Release> releases = new LinkedHashMap<>();
        ReleaseJournal journal = catalogue.journal(app.name());
        journal.releases().forEach(release -> releases.put(release.number(), release));
        List<Integer> lastLive = journal.markers().reversed().stream().map(Marker::release).filter(releases::containsKey).distinct()
                .limit(most).toList();
        return lastLive.stream().map(releases::get).toList();
    }
}
