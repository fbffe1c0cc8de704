package hokku.env;

import hokku.api.UserError;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Variables in JSON: an object of texts, or a list of objects with `name` and `value`, as `config:export` writes them.
final class JsonFile {
    private JsonFile() {}

    static Map<String, String> variables(Object document) {
        TreeMap<String, String> variables = new TreeMap<>();
        switch (document) {
            case Map<?, ?> object -> object.forEach((name, value) -> variables.put(name.toString(), text(name, value)));
            case List<?> list -> list.forEach(entry -> {
                if (!(entry instanceof Map<?, ?> pair && pair.get("name") instanceof String name && pair.containsKey("value"))) {
                    throw new UserError("Each entry of a list of variables needs a name and a value");
                }
                variables.put(name, text(name, pair.get("value")));
            });
            default -> throw new UserError("Variables in JSON are an object of texts, for instance {\"KEY\": \"value\"}");
        }
        return variables;
    }

    /// Whole numbers and booleans have one form as text; anything else would be a guess.
    private static String text(Object name, Object value) {
        if (value instanceof String || value instanceof Boolean || value instanceof Integer || value instanceof Long
                || value instanceof java.math.BigInteger) {
            return value.toString();
        }
        throw new UserError("The value of " + name + " is no text. Put it in quotes");
    }
}
