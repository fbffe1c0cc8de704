package hokku.core.deploy;

import hokku.api.App;
import hokku.api.spi.Scheduler;
import hokku.core.plugin.Registry;
import hokku.core.plugin.Snapshots;

/// Lets others than a deploy talk to the scheduler of an app.
public final class AppSchedulers {
    private final Snapshots snapshots;

    public AppSchedulers(Snapshots snapshots) {
        this.snapshots = snapshots;
    }

    /// What is done with a scheduler.
    public interface Work {
        void with(Scheduler scheduler) throws Exception;
    }

    /// @param what names it in messages
    /// @throws hokku.api.UserError for everything that goes wrong, except cancellation
    public void use(App app, String what, Work work) throws InterruptedException {
        try (Snapshots.Lease lease = snapshots.lease()) {
            Registry.Contribution<Scheduler> scheduler = Rollouts.scheduler(lease.registry(), app);
            Failures.in(scheduler.plugin(), what, () -> {
                work.with(scheduler.value());
                return app;
            });
        }
    }
}
