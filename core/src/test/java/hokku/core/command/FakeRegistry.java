package hokku.core.command;

import hokku.api.Contributions;
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
import picocli.CommandLine;

/// A registry that a test fills by hand, with commands, settings and authorizers; and the one snapshot that there is.
final class FakeRegistry implements Registry, Contributions, Snapshots {
    private final SortedMap<String, Contribution<Supplier<? extends Command>>> commands = new TreeMap<>();
    private final SortedMap<String, Contribution<Setting<?>>> settings = new TreeMap<>();
    private final List<Contribution<Authorizer>> authorizers = new ArrayList<>();
    /// How many leases are open.
    final AtomicInteger leases = new AtomicInteger();

    @Override
    public void command(Supplier<? extends Command> command) {
        String name = command.get().getClass().getAnnotation(CommandLine.Command.class).name();
        commands.put(name, new Contribution<>("sample", command));
    }

    @Override
    public void authorizer(Authorizer authorizer) {
        authorizers.add(new Contribution<>("guard", authorizer));
    }

    @Override
    public SortedMap<String, Contribution<Supplier<? extends Command>>> commands() {
        return commands;
    }

    @Override
    public List<Contribution<Authorizer>> authorizers() {
        return authorizers;
    }

    @Override
    public Lease lease() {
        leases.incrementAndGet();
        return new Lease() {
            @Override
            public Registry registry() {
                return FakeRegistry.this;
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

    @Override
    public <H extends Hook> List<Handler<H>> hooks(Class<H> point) {
        return List.of();
    }

    @Override
    public List<Contribution<Consumer<AppEvent>>> listeners() {
        return List.of();
    }

    @Override
    public SortedMap<String, Contribution<Builder>> builders() {
        return new TreeMap<>();
    }

    @Override
    public SortedMap<String, Contribution<Scheduler>> schedulers() {
        return new TreeMap<>();
    }

    @Override
    public SortedMap<String, Contribution<Proxy>> proxies() {
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
    public <H extends Hook> void hook(Class<H> point, Order order, H handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void listener(Consumer<AppEvent> listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void builder(Builder builder) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void scheduler(Scheduler scheduler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void proxy(Proxy proxy) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setting(Setting<?> setting) {
        settings.put(setting.name(), new Contribution<>("sample", setting));
    }

    @Override
    public void report(Report report) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void job(Job job) {
        throw new UnsupportedOperationException();
    }
}
