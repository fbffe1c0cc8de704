package hokku.core.command;

import hokku.api.Setting;
import hokku.api.hook.AppEvent;
import hokku.api.hook.Hook;
import hokku.api.spi.Authorizer;
import hokku.api.spi.Builder;
import hokku.api.spi.Command;
import hokku.api.spi.Job;
import hokku.api.spi.Proxy;
import hokku.api.spi.Report;
import hokku.api.spi.Scheduler;
import hokku.core.plugin.Registry;
import hokku.testkit.RecordingContributions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// A registry of the commands, settings and reports of one plugin named `test`.
record ContributedRegistry(RecordingContributions contributions) implements Registry {
    private static <T> Contribution<T> from(T value) {
        return new Contribution<>("test", value);
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
        return Collections.emptySortedMap();
    }

    @Override
    public SortedMap<String, Contribution<Scheduler>> schedulers() {
        return Collections.emptySortedMap();
    }

    @Override
    public SortedMap<String, Contribution<Proxy>> proxies() {
        return Collections.emptySortedMap();
    }

    @Override
    public SortedMap<String, Contribution<Supplier<? extends Command>>> commands() {
        TreeMap<String, Contribution<Supplier<? extends Command>>> commands = new TreeMap<>();
        contributions.commands().forEach((name, command) -> commands.put(name, from(command)));
        return commands;
    }

    @Override
    public SortedMap<String, Contribution<Setting<?>>> settings() {
        TreeMap<String, Contribution<Setting<?>>> settings = new TreeMap<>();
        contributions.settings().forEach(setting -> settings.put(setting.name(), from(setting)));
        return settings;
    }

    @Override
    public Map<String, List<Contribution<Report>>> reports() {
        Map<String, List<Contribution<Report>>> reports = new TreeMap<>();
        contributions.reports().forEach(report -> reports.computeIfAbsent(report.group(), group -> new ArrayList<>()).add(from(report)));
        return reports;
    }

    @Override
    public List<Contribution<Job>> jobs() {
        return List.of();
    }

    @Override
    public List<Contribution<Authorizer>> authorizers() {
        return List.of();
    }
}
