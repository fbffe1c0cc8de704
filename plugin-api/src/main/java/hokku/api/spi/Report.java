package hokku.api.spi;

import hokku.api.App;
import hokku.api.Global;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// Fields of `<group>:report <app>`.
public interface Report {
    /// The noun of the command: `nginx` for `nginx:report`.
    String group();

    /// What the names of its fields begin with.
    default String prefix() {
        return group() + "-";
    }

    /// Whether all fields of the group are shown in the order of their names, those of its settings among these. Otherwise they are shown
    /// as they come, and those of the settings after them.
    default boolean sorted() {
        return false;
    }

    /// The fields of one app, value by name: `running` → `true`. Shown as `Nginx running:`, and selected by `--nginx-running`, where
    /// [#prefix] is `nginx-`.
    SequencedMap<String, String> fields(App app) throws Exception;

    /// The fields of the whole server, for `<group>:report --global`.
    default SequencedMap<String, String> globalFields(Global global) throws Exception {
        return new LinkedHashMap<>();
    }
}
