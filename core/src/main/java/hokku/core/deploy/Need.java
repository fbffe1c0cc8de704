package hokku.core.deploy;

import hokku.api.App;
import hokku.api.Setting;
import hokku.core.plugin.Registry;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// What a change of an app needs beyond being stored, the least first.
enum Need {
    STORE, ROUTE, STOP, ROLLOUT;

    static Need of(Registry registry, App before, App after) {
        if (before.stopped() != after.stopped()) {
            return after.stopped() ? Need.STOP : Need.ROLLOUT;
        }
        if (!before.runtimeEnv().equals(after.runtimeEnv()) || !before.scale().equals(after.scale()) || !before.ports().equals(after.ports())
                || changed(registry, before.settings(), after.settings(), Setting.Effect.ROLLOUT)) {
            return Need.ROLLOUT;
        }
        boolean routed = !before.domains().equals(after.domains()) || before.ownDomains() != after.ownDomains()
                || before.domainsEnabled() != after.domainsEnabled() || before.proxied() != after.proxied()
                || changed(registry, before.settings(), after.settings(), Setting.Effect.ROUTE);
        return routed ? Need.ROUTE : Need.STORE;
    }

    /// Whether one of the settings that differ has that effect.
    static boolean changed(Registry registry, Map<String, String> before, Map<String, String> after, Setting.Effect effect) {
        Set<String> keys = new HashSet<>(before.keySet());
        keys.addAll(after.keySet());
        return keys.stream().filter(key -> !Objects.equals(before.get(key), after.get(key))).map(registry.settings()::get)
                .anyMatch(setting -> setting != null && setting.value().effect() == effect);
    }
}
