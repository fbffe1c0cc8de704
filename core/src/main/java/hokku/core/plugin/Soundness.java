package hokku.core.plugin;

import hokku.api.AppName;
import hokku.api.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Decides whether a snapshot may take the place of another one.
final class Soundness {
    private Soundness() {}

    /// What speaks against the next snapshot: a plugin is newly broken, or something goes that apps need.
    ///
    /// @param mustLoad plugins that must not be broken even if they were so before
    static List<String> objections(Snapshot former, Snapshot next, Predicate<PluginInfo> mustLoad, Usage usage) {
        List<String> objections = new ArrayList<>();
        for (PluginInfo plugin : next.plugins()) {
            if (plugin.state() == PluginInfo.State.BROKEN && (mustLoad.test(plugin) || !brokenBefore(former, plugin))) {
                objections.add(plugin.label() + " " + plugin.reason());
            }
        }
        // One reason is enough: what a broken plugin provided is missing because of that.
        if (objections.isEmpty()) {
            vanished(Usage.Kind.BUILDER, former, next, registry -> registry.builders().keySet(), usage, objections);
            vanished(Usage.Kind.SCHEDULER, former, next, registry -> registry.schedulers().keySet(), usage, objections);
            vanished(Usage.Kind.PROXY, former, next, registry -> registry.proxies().keySet(), usage, objections);
            abandoned(former, next, usage, objections);
        }
        return objections;
    }

    private static boolean brokenBefore(Snapshot former, PluginInfo plugin) {
        return former.plugins().stream()
                .anyMatch(old -> old.state() == PluginInfo.State.BROKEN && old.file().equals(plugin.file()) && old.origin() == plugin.origin());
    }

    private static void vanished(Usage.Kind kind, Snapshot former, Snapshot next, Function<Registry, Set<String>> names, Usage usage,
            List<String> objections) {
        Set<String> gone = new TreeSet<>(names.apply(former.registry()));
        gone.removeAll(names.apply(next.registry()));
        for (String name : gone) {
            List<AppName> apps = usage.apps(kind, name);
            if (!apps.isEmpty()) {
                objections.add("the " + kind + " " + name + " is used by "
                        + apps.stream().map(AppName::value).collect(Collectors.joining(", ")) + ". Select another one for them first");
            }
        }
    }

    private static void abandoned(Snapshot former, Snapshot next, Usage usage, List<String> objections) {
        Set<String> gone = new TreeSet<>(former.registry().datastores().keySet());
        gone.removeAll(next.registry().datastores().keySet());
        for (String name : gone) {
            List<ServiceName> services = usage.services(name);
            if (!services.isEmpty()) {
                objections.add("the datastore " + name + " has the services "
                        + services.stream().map(ServiceName::value).collect(Collectors.joining(", ")) + ". Export what is to stay, and destroy them first");
            }
        }
    }
}
