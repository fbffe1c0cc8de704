package hokku.core.deploy;

import hokku.api.Setting;
import hokku.api.hook.AppEvent;
import hokku.api.hook.Hook;
import hokku.api.hook.Order;
import hokku.api.spi.Authorizer;
import hokku.api.spi.Builder;
import hokku.api.spi.Command;
import hokku.api.spi.Job;
import hokku.api.spi.Proxy;
import hokku.api.spi.Report;
import hokku.api.spi.Scheduler;
import hokku.core.plugin.Registry;
import hokku.core.plugin.Snapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// A registry that a test fills by hand; it is its own snapshot.
final class TestRegistry implements Registry, Snapshots {
    private record Hooked(Class<? extends Hook> point, Handler<?> handler) {}

    private final List<Hooked> hooks = new ArrayList<>();
    /// How many are out.
    final AtomicInteger leases = new AtomicInteger();
    final List<AppEvent> events = new ArrayList<>();
    private final SortedMap<String, Contribution<Builder>> builders = new TreeMap<>();
    private final SortedMap<String, Contribution<Scheduler>> schedulers = new TreeMap<>();
    private final SortedMap<String, Contribution<Proxy>> proxies = new TreeMap<>();
    private final SortedMap<String, Contribution<Setting<?>>> settings = new TreeMap<>();

    TestRegistry() {
        CoreSettings.ALL.forEach(setting -> settings.put(setting.name(), new Contribution<>("core", setting)));
    }

    <H extends Hook> void hook(Class<H> point, H handler) {
        hooks.add(new Hooked(point, new Handler<>("test-plugin", Order.NORMAL, handler)));
    }

    void builder(Builder builder) {
        builders.put(builder.name(), new Contribution<>("builder-plugin", builder));
    }

    void scheduler(Scheduler scheduler) {
        schedulers.put(scheduler.name(), new Contribution<>("scheduler-plugin", scheduler));
    }

    void proxy(Proxy proxy) {
        proxies.put(proxy.name(), new Contribution<>("proxy-plugin", proxy));
    }

    @Override
    @SuppressWarnings("unchecked")
    public <H extends Hook> List<Handler<H>> hooks(Class<H> point) {
        return hooks.stream().filter(hooked -> hooked.point() == point).map(hooked -> (Handler<H>) hooked.handler()).toList();
    }

    @Override
    public List<Contribution<Consumer<AppEvent>>> listeners() {
        return List.of(new Contribution<>("test-plugin", events::add));
    }

    @Override
    public SortedMap<String, Contribution<Builder>> builders() {
        return builders;
    }

    @Override
    public SortedMap<String, Contribution<Scheduler>> schedulers() {
        return schedulers;
    }

    @Override
    public SortedMap<String, Contribution<Proxy>> proxies() {
        return proxies;
    }

    @Override
    public SortedMap<String, Contribution<Supplier<? extends Command>>> commands() {
        return new TreeMap<>();
    }

    @Override
    public SortedMap<String, Contribution<Setting<?>>> settings() {
        return settings;
    }

    @Override
    public Map<String, List<Contribution<Report>>> reports() {
        return Map.of();
    }

    @Override
    public List<Contribution<Job>> jobs() {
        return List.of();
    }

    @Override
    public List<Contribution<Authorizer>> authorizers() {
        return List.of();
    }

    @Override
    public Lease lease() {
        leases.incrementAndGet();
        return new Lease() {
            @Override
            public Registry registry() {
                return TestRegistry.this;
            }

            @Override
            public Lease again() {
                return lease();
            }

            @Override
            public void close() {
                leases.decrementAndGet();
            }
        };
    }
}
