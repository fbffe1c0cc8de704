package hokku.buildstep;

import hokku.api.EnvKey;
import hokku.api.ProcessType;
import hokku.api.UserError;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// What a buildpack's `bin/release` says in YAML: processes for apps without a Procfile, and variables.
record BuildpackRelease(SequencedMap<ProcessType, String> processes, SequencedMap<EnvKey, String> variables) {
    private static final String PATH = "PATH";

    /// @throws UserError that says what is not understood
    static BuildpackRelease parse(String text) {
        Object document;
        try {
            document = new Load(LoadSettings.builder().setLabel("bin/release").setMaxAliasesForCollections(10).build()).loadFromString(text);
        } catch (YamlEngineException broken) {
            throw new UserError(UserError.FAILED, "What the buildpack's bin/release printed is no YAML: " + broken.getMessage().strip(), broken);
        } catch (StackOverflowError deep) {
            // the library knows no bound for how deep it goes
            throw new UserError(UserError.FAILED, "What the buildpack's bin/release printed is no YAML that can be read: it is nested too deep", deep);
        }
        if (document == null) {
            return new BuildpackRelease(new LinkedHashMap<>(), new LinkedHashMap<>());
        }
        if (!(document instanceof Map<?, ?> object)) {
            throw new UserError("What the buildpack's bin/release printed is not understood: it must be a YAML mapping, as with default_process_types");
        }
        return new BuildpackRelease(texts(object.get("default_process_types"), "default_process_types", ProcessType::of),
                texts(object.get("config_vars"), "config_vars", EnvKey::of));
    }

    private static <K> SequencedMap<K, String> texts(Object value, String what, Function<String, K> key) {
        SequencedMap<K, String> found = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, text) -> {
                if (text == null || text instanceof Map || text instanceof Iterable) {
                    throw new UserError("What the buildpack's bin/release says of " + what + "." + name + " must be a text");
                }
                found.put(key.apply(String.valueOf(name)), String.valueOf(text).strip().replaceAll("\\s*\\R\\s*", " "));
            });
        } else if (value != null && !(value instanceof Collection<?> none && none.isEmpty())) {
            throw new UserError("What the buildpack's bin/release says of " + what + " must be a mapping of names to texts");
        }
        return found;
    }

    /// Lines for a shell. What the app itself sets is stronger; what is said of the search path comes before the one that is there.
    String profile() {
        StringBuilder lines = new StringBuilder();
        variables.forEach((key, value) -> {
            String quoted = "'" + value.replace("'", "'\\''") + "'";
            lines.append(key.value().equals(PATH) ? "export PATH=" + quoted + ":\"$PATH\"\n"
                    : "[ -n \"${" + key + "+set}\" ] || export " + key + "=" + quoted + "\n");
        });
        return lines.toString();
    }
}
