package hokku.core.deploy;

import hokku.api.App;
import hokku.api.Setting;
import hokku.core.plugin.Registry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// What a change of an app needs beyond being stored, the least first.
enum Need {
    STORE, ROUTE, STOP, ROLLOUT;

    static Need of(Registry registry, App before, App after) {
        if (before.stopped() != after.stopped()) {
            return after.stopped() ? Need.STOP : Need.ROLLOUT;
        }
        if (!before.runtimeEnv().equals(after.runtimeEnv()) || !before.scale().equals(after.scale()) || !before.ports().equals(after.ports())
                || changed(registry, before, after, Setting.Effect.ROLLOUT)) {
            return Need.ROLLOUT;
        }
        boolean routed = !before.domains().equals(after.domains()) || before.ownDomains() != after.ownDomains()
                || before.domainsEnabled() != after.domainsEnabled() || before.proxied() != after.proxied()
                || changed(registry, before, after, Setting.Effect.ROUTE);
        return routed ? Need.ROUTE : Need.STORE;
    }

    /// Whether one of the settings whose value differs has that effect. What the app has itself hides what the whole server has, and to
    /// set what holds anyway changes nothing.
    static boolean changed(Registry registry, App before, App after, Setting.Effect effect) {
        Map<String, String> former = texts(before);
        Map<String, String> next = texts(after);
        Set<String> keys = new HashSet<>(former.keySet());
        keys.addAll(next.keySet());
        return keys.stream().map(registry.settings()::get).filter(Objects::nonNull).map(Registry.Contribution::value)
                .filter(setting -> setting.effect() == effect)
                .anyMatch(setting -> !text(setting, former).equals(text(setting, next)));
    }

    private static Map<String, String> texts(App app) {
        Map<String, String> texts = new HashMap<>(app.global().settings());
        texts.putAll(app.settings());
        return texts;
    }

    private static <T> Optional<String> text(Setting<T> setting, Map<String, String> texts) {
        return Optional.ofNullable(texts.get(setting.name())).or(() -> setting.initial().map(setting::print));
    }
}
