package hokku.env;

import hokku.api.Env;
import hokku.api.EnvKey;
import hokku.api.UserError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The forms in which variables are written.
enum ExportFormat {
    /// Lines that a shell can source.
    EXPORTS("exports", env -> joined(env, "\n", (key, value) -> "export " + key + "=" + singleQuoted(value))),
    /// Lines of a dotenv file.
    ENVFILE("envfile", env -> joined(env, "\n", (key, value) -> key + "=" + envfileValue(value))),
    /// Assignments in front of a command.
    SHELL("shell", env -> joined(env, " ", (key, value) -> key + "=" + singleQuoted(value))),
    /// Options of `docker run`, for a shell.
    DOCKER_ARGS("docker-args", env -> joined(env, " ", (key, value) -> "--env=" + key + "=" + singleQuoted(value))),
    /// Options of `docker run` that take the values from its own environment.
    DOCKER_ARGS_KEYS("docker-args-keys", env -> joined(env, " ", (key, value) -> "--env=" + key)),
    /// Options of `pack build` that take the values from its own environment.
    PACK_KEYS("pack-keys", env -> joined(env, " ", (key, value) -> "--env " + key)),
    /// One JSON object.
    JSON("json", env -> {
        throw new IllegalStateException("JSON is written by the session");
    }),
    /// A JSON list of objects with `name` and `value`.
    JSON_LIST("json-list", env -> {
        throw new IllegalStateException("JSON is written by the session");
    }),
    /// Two columns, for the eye.
    PRETTY("pretty", ExportFormat::columns);

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@%+,=-]*");

    private final String word;
    private final Function<Env, String> writer;

    ExportFormat(String word, Function<Env, String> writer) {
        this.word = word;
        this.writer = writer;
    }

    static ExportFormat named(String word) {
        for (ExportFormat format : values()) {
            if (format.word.equals(word)) {
                return format;
            }
        }
        throw new UserError("Unknown export format: " + word);
    }

    /// The text, without a final line end.
    String write(Env env) {
        return writer.apply(env);
    }

    static SortedMap<String, String> texts(Env env) {
        return env.asMap().entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().value(), Map.Entry::getValue, (a, b) -> b, java.util.TreeMap::new));
    }

    static List<Map<String, String>> pairs(Env env) {
        List<Map<String, String>> pairs = new ArrayList<>();
        env.asMap().forEach((key, value) -> {
            Map<String, String> pair = new LinkedHashMap<>();
            pair.put("name", key.value());
            pair.put("value", value);
            pairs.add(pair);
        });
        return pairs;
    }

    /// One word of a POSIX shell, whatever is in it.
    static String singleQuoted(String value) {
        return "'" + value.replace("'", "'\\''") + "'";
    }

    /// Plain where it can be, else in the kind of quotes that the many readers of such files agree about best.
    private static String envfileValue(String value) {
        if (PLAIN.matcher(value).matches()) {
            return value;
        }
        if (value.indexOf('\'') < 0 && value.indexOf('\\') < 0 && value.indexOf('\r') < 0) {
            return "'" + value + "'";
        }
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("$", "\\$").replace("`", "\\`")
                .replace("\n", "\\n").replace("\r", "\\r") + '"';
    }

    private static String columns(Env env) {
        int widest = env.keys().stream().mapToInt(key -> key.value().length()).max().orElse(0);
        return joined(env, "\n", (key, value) -> (key + ":" + " ".repeat(widest - key.value().length() + 2) + value).stripTrailing());
    }

    private static String joined(Env env, String separator, BiFunction<EnvKey, String, String> form) {
        return env.asMap().entrySet().stream().map(entry -> form.apply(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(separator));
    }
}
