package hokku.core.command;

import hokku.api.App;
import hokku.api.Global;
import hokku.api.Setting;
import hokku.api.Setting.Scope;
import hokku.api.UserError;
import hokku.api.spi.Report;
import hokku.core.plugin.Registry;
import hokku.core.plugin.Registry.Contribution;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/// What `<group>:report` tells: the fields of the group's reports, then its settings, or all by their names where a report is sorted.
/// By flag, without the hyphens before it.
final class ReportFields {
    /// Stands for the value of a secret setting.
    static final String MASK = "*******";

    /// A report's fields of one app, or of the whole server.
    private interface Source {
        SequencedMap<String, String> fields(Report report) throws Exception;
    }

    private final String group;
    private final List<Contribution<Report>> reports;
    private final List<Setting<?>> settings;

    ReportFields(String group, List<Contribution<Report>> reports, List<Setting<?>> settings) {
        this.group = group;
        this.reports = List.copyOf(reports);
        this.settings = List.copyOf(settings);
    }

    static ReportFields of(String group, Registry registry) {
        List<Setting<?>> settings = new ArrayList<>();
        registry.settings().values().stream().map(Contribution::value).filter(setting -> setting.group().equals(group)).forEach(settings::add);
        return new ReportFields(group, registry.reports().getOrDefault(group, List.of()), settings);
    }

    String group() {
        return group;
    }

    SequencedMap<String, String> of(App app) throws InterruptedException, PluginFailure {
        SequencedMap<String, String> fields = reported(report -> report.fields(app));
        TreeMap<String, String> set = new TreeMap<>();
        for (Setting<?> setting : settings) {
            if (setting.scope() != Scope.GLOBAL) {
                set.put(flag("", setting), stored(setting, app.settings()));
            }
            if (setting.scope() != Scope.APP) {
                set.put(flag("global-", setting), stored(setting, app.global().settings()));
            }
            set.put(flag("computed-", setting), computed(setting, app));
        }
        return merged(fields, set);
    }

    SequencedMap<String, String> of(Global global) throws InterruptedException, PluginFailure {
        SequencedMap<String, String> fields = reported(report -> report.globalFields(global));
        TreeMap<String, String> set = new TreeMap<>();
        for (Setting<?> setting : settings) {
            if (setting.scope() != Scope.APP) {
                set.put(flag("global-", setting), stored(setting, global.settings()));
                set.put(flag("computed-", setting), computed(setting, global));
            }
        }
        return merged(fields, set);
    }

    private SequencedMap<String, String> merged(SequencedMap<String, String> reported, SequencedMap<String, String> set) {
        set.forEach(reported::putIfAbsent);
        return reports.stream().anyMatch(report -> report.value().sorted()) ? new TreeMap<>(reported) : reported;
    }

    private SequencedMap<String, String> reported(Source source) throws InterruptedException, PluginFailure {
        SequencedMap<String, String> fields = new LinkedHashMap<>();
        for (Contribution<Report> contribution : reports) {
            try {
                source.fields(contribution.value()).forEach((name, value) -> fields.put(contribution.value().prefix() + name, value));
            } catch (InterruptedException | UserError e) {
                throw e;
            } catch (Exception e) {
                throw new PluginFailure(contribution.plugin(), e);
            }
        }
        return fields;
    }

    private static String flag(String kind, Setting<?> setting) {
        return setting.group() + "-" + kind + setting.key();
    }

    private static String stored(Setting<?> setting, Map<String, String> values) {
        return masked(setting, values.getOrDefault(setting.name(), ""));
    }

    private static <T> String computed(Setting<T> setting, App app) {
        return masked(setting, app.value(setting).map(setting::print).orElse(""));
    }

    private static <T> String computed(Setting<T> setting, Global global) {
        return masked(setting, global.value(setting).map(setting::print).orElse(""));
    }

    private static String masked(Setting<?> setting, String text) {
        return setting.isSecret() && !text.isEmpty() ? MASK : text;
    }
}
