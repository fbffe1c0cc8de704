package hokku.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is set for the whole server: immutable, as of one moment.
public record Global(Env env, Map<String, String> settings, List<Domain> domains) {
    public static final Global EMPTY = new Global(Env.EMPTY, Map.of(), List.of());

    public Global {
        settings = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(settings));
        domains = List.copyOf(domains);
    }

    public Global withEnv(Env changed) {
        return new Global(changed, settings, domains);
    }

    public Global withDomains(List<Domain> changed) {
        return new Global(env, settings, new ArrayList<>(changed));
    }

    /// The text is checked by the setting; an empty text removes it.
    public Global withSetting(Setting<?> setting, String text) {
        return new Global(env, replaced(settings, setting, text), domains);
    }

    /// What was set for the whole server, or what holds initially.
    public <T> Optional<T> value(Setting<T> setting) {
        return Optional.ofNullable(settings.get(setting.name())).map(setting::parse).or(setting::initial);
    }

    static SortedMap<String, String> replaced(Map<String, String> settings, Setting<?> setting, String text) {
        TreeMap<String, String> copy = new TreeMap<>(settings);
        if (text.isEmpty()) {
            copy.remove(setting.name());
        } else {
            setting.parse(text);
            copy.put(setting.name(), text);
        }
        return copy;
    }

    @Override
    public String toString() {
        return "Global[env=" + env + ", settings=" + settings.keySet() + ", domains=" + domains + "]";
    }
}
