package hokku.core.plugin;

import hokku.api.Setting;
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
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Everything that all plugins contribute: one immutable snapshot. Lists are in the order in which they run.
public interface Registry {
    /// A contribution, with the id of the plugin that it comes from.
    record Contribution<T>(String plugin, T value) {}

    /// A handler of a hook point.
    record Handler<H extends Hook>(String plugin, Order order, H hook) {}

    <H extends Hook> List<Handler<H>> hooks(Class<H> point);

    List<Contribution<Consumer<AppEvent>>> listeners();

    /// Builders by name.
    SortedMap<String, Contribution<Builder>> builders();

    SortedMap<String, Contribution<Scheduler>> schedulers();

    SortedMap<String, Contribution<Proxy>> proxies();

    SortedMap<String, Contribution<Datastore>> datastores();

    /// Commands by name, `apps:create`.
    SortedMap<String, Contribution<Supplier<? extends Command>>> commands();

    /// Settings by name, `nginx.client-max-body-size`.
    SortedMap<String, Contribution<Setting<?>>> settings();

    /// Reports by group, in the order of the plugins.
    Map<String, List<Contribution<Report>>> reports();

    List<Contribution<Job>> jobs();

    List<Contribution<Authorizer>> authorizers();

    List<Contribution<Examination>> examinations();
}
