package hokku.core.command;

import hokku.api.Apps;
import hokku.api.Setting;
import hokku.api.spi.Command;
import hokku.api.spi.Report;
import hokku.core.plugin.Registry;
import hokku.core.plugin.Registry.Contribution;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/// The commands that follow from settings and reports: `<group>:set` and `<group>:report`.
public final class SettingCommands {
    private SettingCommands() {}

    /// The commands by name. A command that a plugin contributes itself wins over the one that would follow.
    public static SortedMap<String, Supplier<? extends Command>> derive(Registry registry, Apps apps) {
        TreeMap<String, TreeMap<String, Setting<?>>> settings = new TreeMap<>();
        for (Contribution<Setting<?>> contribution : registry.settings().values()) {
            Setting<?> setting = contribution.value();
            settings.computeIfAbsent(setting.group(), group -> new TreeMap<>()).put(setting.key(), setting);
        }
        Map<String, List<Contribution<Report>>> reports = registry.reports();
        TreeMap<String, Supplier<? extends Command>> commands = new TreeMap<>();
        settings.forEach((group, ofGroup) -> commands.put(group + ":set", () -> new SetCommand(group, ofGroup, apps)));
        TreeSet<String> groups = new TreeSet<>(settings.keySet());
        groups.addAll(reports.keySet());
        for (String group : groups) {
            ReportFields fields = new ReportFields(group, reports.getOrDefault(group, List.of()),
                    new ArrayList<>(settings.getOrDefault(group, new TreeMap<>()).values()));
            commands.put(group + ":report", () -> new ReportCommand(fields, apps));
        }
        commands.keySet().removeAll(registry.commands().keySet());
        return commands;
    }
}
