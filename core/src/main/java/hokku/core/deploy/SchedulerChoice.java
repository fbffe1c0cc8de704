package hokku.core.deploy;

import hokku.api.App;
import hokku.api.UserError;
import hokku.api.spi.Scheduler;
import hokku.core.plugin.Registry;
import hokku.core.state.ReleaseJournal.Marker;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Which scheduler an app has: the next rollout goes to the selected one, and what is live stays on the one that the journal names.
///
/// The two differ when a setting was stored and no rollout followed it.
final class SchedulerChoice {
    private static final String KEY = CoreSettings.SCHEDULER_SELECTED.name();

    private SchedulerChoice() {}

    /// Where the next rollout of an app goes.
    ///
    /// @throws UserError when it is not there
    static Registry.Contribution<Scheduler> selected(Registry registry, App app) {
        return named(registry, app, app.value(CoreSettings.SCHEDULER_SELECTED).orElseThrow());
    }

    /// Where what is live of an app runs.
    ///
    /// @param live what the journal says of it
    /// @throws UserError when it is not there
    static Registry.Contribution<Scheduler> home(Registry registry, App app, Optional<Marker> live) {
        return named(registry, app, homeName(app, live));
    }

    /// Journals of the first versions name no scheduler: there was but the selected one.
    static String homeName(App app, Optional<Marker> live) {
        return live.map(Marker::scheduler).filter(name -> !name.isEmpty()).orElseGet(() -> app.value(CoreSettings.SCHEDULER_SELECTED).orElseThrow());
    }

    /// All but one.
    static List<Registry.Contribution<Scheduler>> others(Registry registry, Scheduler one) {
        return registry.schedulers().values().stream().filter(each -> !each.value().name().equals(one.name())).toList();
    }

    /// @throws UserError when a change of settings selects one that is not there
    static void demandInstalled(Registry registry, Map<String, String> before, Map<String, String> after) {
        String wanted = after.get(KEY);
        if (wanted != null && !Objects.equals(before.get(KEY), wanted) && !registry.schedulers().containsKey(wanted)) {
            throw new UserError("There is no scheduler " + wanted + ". Installed schedulers: " + names(registry) + ". See plugin:list");
        }
    }

    private static Registry.Contribution<Scheduler> named(Registry registry, App app, String name) {
        return Optional.ofNullable(registry.schedulers().get(name)).orElseThrow(() -> new UserError(
                "The scheduler %s of %s is not there. Installed schedulers: %s. Choose one with scheduler:set %s selected <scheduler>,"
                        .formatted(name, app.name(), names(registry), app.name()) + " or see plugin:list"));
    }

    private static String names(Registry registry) {
        return String.join(", ", registry.schedulers().keySet());
    }
}
