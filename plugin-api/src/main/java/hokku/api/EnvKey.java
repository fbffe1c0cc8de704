package hokku.api;

import java.util.regex.Pattern;

/// The name of an environment variable.
public record EnvKey(String value) implements Comparable<EnvKey> {
    private static final Pattern FORM = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]{0,255}");

    public EnvKey {
        if (!FORM.matcher(value).matches()) {
            throw new UserError("Invalid key name: " + Text.quoted(value)
                    + ". Use letters, digits and underscores, and begin with a letter or an underscore");
        }
    }

    /// @throws UserError when the text cannot name a variable
    public static EnvKey of(String value) {
        return new EnvKey(value);
    }

    @Override
    public int compareTo(EnvKey other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
