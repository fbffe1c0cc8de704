package hokku.core.command;

import hokku.api.Apps;
import hokku.api.Setting;
import hokku.api.spi.Command;
import hokku.core.plugin.Registry;
import hokku.core.plugin.Registry.Contribution;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/// The commands that follow from settings and reports: `<group>:set`, or `<group>:set-property` where that is somebody's own command
/// (`buildpacks:set`, `postgres:set`), and `<group>:report`.
public final class SettingCommands {
    private SettingCommands() {}

    /// The commands by name. A command that a plugin contributes itself wins over the one that would follow.
    public static SortedMap<String, Supplier<? extends Command>> derive(Registry registry, Apps apps) {
        TreeMap<String, TreeMap<String, Setting<?>>> settings = new TreeMap<>();
        for (Contribution<Setting<?>> contribution : registry.settings().values()) {
            Setting<?> setting = contribution.value();
            settings.computeIfAbsent(setting.group(), group -> new TreeMap<>()).put(setting.key(), setting);
        }
        TreeMap<String, Supplier<? extends Command>> commands = new TreeMap<>();
        settings.forEach((group, ofGroup) -> {
            String name = group + (registry.commands().containsKey(group + ":set") ? ":set-property" : ":set");
            commands.put(name, () -> new SetCommand(name, ofGroup, apps));
        });
        TreeSet<String> groups = new TreeSet<>(settings.keySet());
        groups.addAll(registry.reports().keySet());
        for (String group : groups) {
            commands.put(group + ":report", () -> new ReportCommand(ReportFields.of(group, registry), apps));
        }
        commands.keySet().removeAll(registry.commands().keySet());
        return commands;
    }
}
