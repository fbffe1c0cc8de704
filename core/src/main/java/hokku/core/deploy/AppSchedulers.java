package hokku.core.deploy;

import hokku.api.App;
import hokku.api.spi.Scheduler;
import hokku.core.plugin.Registry;
import hokku.core.plugin.Snapshots;
import hokku.core.state.ReleaseJournal.Marker;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets others than a deploy talk to the schedulers of an app.
public final class AppSchedulers {
    private static final Logger LOG = LoggerFactory.getLogger(AppSchedulers.class);

    private final Snapshots snapshots;
    private final Function<App, Optional<Marker>> live;

    /// @param live what the journal says of an app
    public AppSchedulers(Snapshots snapshots, Function<App, Optional<Marker>> live) {
        this.snapshots = snapshots;
        this.live = live;
    }

    /// What is done with a scheduler.
    public interface Work {
        void with(Scheduler scheduler) throws Exception;
    }

    /// Does something with the scheduler that runs the app.
    ///
    /// @param what names it in messages
    /// @throws hokku.api.UserError for everything that goes wrong, except cancellation
    public void use(App app, String what, Work work) throws InterruptedException {
        try (Snapshots.Lease lease = snapshots.lease()) {
            use(lease.registry(), app, what, work);
        }
    }

    /// Does something with every scheduler: the app may have been on others before. What those others cannot do is logged.
    ///
    /// @throws hokku.api.UserError for everything that goes wrong with the one that runs the app, except cancellation
    public void useAll(App app, String what, Work work) throws InterruptedException {
        try (Snapshots.Lease lease = snapshots.lease()) {
            Scheduler own = use(lease.registry(), app, what, work);
            Elsewhere.each(lease.registry(), app, own, what, work, LOG::warn);
        }
    }

    private Scheduler use(Registry registry, App app, String what, Work work) throws InterruptedException {
        Registry.Contribution<Scheduler> scheduler = SchedulerChoice.home(registry, app, live.apply(app));
        return Failures.in(scheduler.plugin(), what, () -> {
            work.with(scheduler.value());
            return scheduler.value();
        });
    }
}
