package hokku.api;

import java.util.Locale;
import java.util.regex.Pattern;

/// A host name under which an app is reached, in lower case; `*.example.com` stands for every name below it.
public record Domain(String value) implements Comparable<Domain> {
    private static final Pattern FORM = Pattern.compile("(\\*\\.)?[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*");

    public Domain {
        value = value.toLowerCase(Locale.ROOT);
        if (value.length() > 253 || !FORM.matcher(value).matches()) {
            throw new UserError(Text.quoted(value) + " is not a domain name. Use letters, digits, dots and hyphens,"
                    + " for instance www.example.com");
        }
    }

    /// @throws UserError when the text is no host name
    public static Domain of(String value) {
        return new Domain(value);
    }

    @Override
    public int compareTo(Domain other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
