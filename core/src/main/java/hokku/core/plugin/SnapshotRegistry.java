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
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// What the plugins of one snapshot contribute, put in order.
///
/// @param hooks the handlers of each hook point that has any
record SnapshotRegistry(Map<Class<? extends Hook>, List<Handler<?>>> hooks, List<Contribution<Consumer<AppEvent>>> listeners,
        SortedMap<String, Contribution<Builder>> builders, SortedMap<String, Contribution<Scheduler>> schedulers,
        SortedMap<String, Contribution<Proxy>> proxies, SortedMap<String, Contribution<Datastore>> datastores,
        SortedMap<String, Contribution<Supplier<? extends Command>>> commands,
        SortedMap<String, Contribution<Setting<?>>> settings, Map<String, List<Contribution<Report>>> reports,
        List<Contribution<Job>> jobs, List<Contribution<Authorizer>> authorizers, List<Contribution<Examination>> examinations) implements Registry {

    /// @param drafts in the order of their plugins; no name is given twice
    static Registry of(List<Draft> drafts) {
        return new SnapshotRegistry(hooks(drafts), list(drafts, draft -> draft.listeners), byName(drafts, draft -> draft.builders),
                byName(drafts, draft -> draft.schedulers), byName(drafts, draft -> draft.proxies),
                byName(drafts, draft -> draft.datastores), byName(drafts, draft -> draft.commands), byName(drafts, draft -> draft.settings), reports(drafts),
                list(drafts, draft -> draft.jobs.stream().map(Draft.Named::value).toList()),
                list(drafts, draft -> draft.authorizers),
                list(drafts, draft -> draft.examinations.stream().map(Draft.Named::value).toList()));
    }

    @Override
    public <H extends Hook> List<Handler<H>> hooks(Class<H> point) {
        return hooks.getOrDefault(point, List.of()).stream()
                .map(handler -> new Handler<>(handler.plugin(), handler.order(), point.cast(handler.hook()))).toList();
    }

    private static Map<Class<? extends Hook>, List<Handler<?>>> hooks(List<Draft> drafts) {
        Map<Class<? extends Hook>, List<Handler<?>>> hooks = new LinkedHashMap<>();
        for (Order order : Order.values()) {
            for (Draft draft : drafts) {
                draft.hooks.stream().filter(hooked -> hooked.order() == order).forEach(hooked -> hooks
                        .computeIfAbsent(hooked.point(), point -> new ArrayList<>())
                        .add(new Handler<>(draft.plugin, order, hooked.hook())));
            }
        }
        hooks.replaceAll((point, handlers) -> List.copyOf(handlers));
        return Collections.unmodifiableMap(hooks);
    }

    private static Map<String, List<Contribution<Report>>> reports(List<Draft> drafts) {
        Map<String, List<Contribution<Report>>> reports = new TreeMap<>();
        for (Contribution<Report> report : list(drafts, draft -> draft.reports)) {
            reports.computeIfAbsent(report.value().group(), group -> new ArrayList<>()).add(report);
        }
        reports.replaceAll((group, fields) -> List.copyOf(fields));
        return Collections.unmodifiableMap(reports);
    }

    private static <T> List<Contribution<T>> list(List<Draft> drafts, Function<Draft, List<T>> part) {
        return drafts.stream().flatMap(draft -> part.apply(draft).stream().map(value -> new Contribution<>(draft.plugin, value))).toList();
    }

    private static <T> SortedMap<String, Contribution<T>> byName(List<Draft> drafts, Function<Draft, List<Draft.Named<T>>> part) {
        SortedMap<String, Contribution<T>> byName = new TreeMap<>();
        drafts.forEach(draft -> part.apply(draft)
                .forEach(named -> byName.put(named.name(), new Contribution<>(draft.plugin, named.value()))));
        return Collections.unmodifiableSortedMap(byName);
    }
}
