package hokku.api;

import hokku.api.hook.AppEvent;
import hokku.api.hook.Hook;
import hokku.api.hook.Order;
import hokku.api.spi.Authorizer;
import hokku.api.spi.Builder;
import hokku.api.spi.Command;
import hokku.api.spi.Datastore;
import hokku.api.spi.Examination;
import hokku.api.spi.Job;
import hokku.api.spi.Proxy;
import hokku.api.spi.Report;
import hokku.api.spi.Scheduler;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// What a plugin adds. Valid during [Plugin#contribute] only.
public interface Contributions {
    /// Adds a handler for a hook point, in the middle of the order.
    ///
    /// @param point the hook point, for instance `PreDeploy.class`; a lambda will do as handler
    default <H extends Hook> void hook(Class<H> point, H handler) {
        hook(point, Order.NORMAL, handler);
    }

    <H extends Hook> void hook(Class<H> point, Order order, H handler);

    /// Adds a listener that is told after the fact; the same event may come again after a crash.
    void listener(Consumer<AppEvent> listener);

    void builder(Builder builder);

    void scheduler(Scheduler scheduler);

    void proxy(Proxy proxy);

    /// Adds a kind of service; the commands `<name>:create` and so on follow from it, and the setting `version` of the group `<name>`.
    void datastore(Datastore datastore);

    /// Adds a command.
    ///
    /// @param command gives a new object for each call, annotated with `@CommandLine.Command(name = "noun:verb", …)`
    void command(Supplier<? extends Command> command);

    /// Adds a setting; `<group>:set` and `<group>:report` follow from it. Where there is a command `<group>:set` already, also one that
    /// follows from a datastore, it is set by `<group>:set-property`.
    void setting(Setting<?> setting);

    /// Adds fields to `<group>:report`.
    void report(Report report);

    void job(Job job);

    void authorizer(Authorizer authorizer);

    /// Adds something that `dokku doctor` looks at.
    void examination(Examination examination);
}
