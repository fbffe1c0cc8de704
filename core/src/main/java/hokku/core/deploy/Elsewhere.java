package hokku.core.deploy;

import hokku.api.App;
import hokku.api.UserError;
import hokku.api.spi.Scheduler;
import hokku.core.plugin.Registry;
import java.util.function.Consumer;

/// What an app may still have on schedulers that it does not run on: it came from there, or a crash cut its way there in two.
final class Elsewhere {
    private Elsewhere() {}

    /// Does something on every scheduler but the app's own one. One that cannot does not keep the others from it.
    ///
    /// @param what names it in messages, `removing containers`
    /// @param failed takes what could not be done, in words
    static void each(Registry registry, App app, Scheduler own, String what, AppSchedulers.Work work, Consumer<String> failed) throws InterruptedException {
        for (Registry.Contribution<Scheduler> other : SchedulerChoice.others(registry, own)) {
            try {
                Failures.in(other.plugin(), what, () -> {
                    work.with(other.value());
                    return app;
                });
            } catch (UserError left) {
                failed.accept("What the scheduler " + other.value().name() + " may still hold of " + app.name() + " is left: " + left.getMessage());
            }
        }
    }
}
