package hokku.api;

import java.util.regex.Pattern;

/// The name of a line of the Procfile: `web`, `worker`, `release` …
public record ProcessType(String value) implements Comparable<ProcessType> {
    // Before the constants, whose constructor needs it.
    private static final Pattern FORM = Pattern.compile("[a-zA-Z0-9]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9])?");

    /// The process that the proxy routes to.
    public static final ProcessType WEB = new ProcessType("web");
    /// The process that runs once, to its end, before a new release takes over.
    public static final ProcessType RELEASE = new ProcessType("release");

    public ProcessType {
        if (!FORM.matcher(value).matches()) {
            throw new UserError(Text.quoted(value) + " is not a process type. Use letters, digits, hyphens and underscores");
        }
    }

    /// @throws UserError when the text cannot name a process
    public static ProcessType of(String value) {
        return new ProcessType(value);
    }

    /// `web` comes first, the others by name.
    @Override
    public int compareTo(ProcessType other) {
        int webFirst = Boolean.compare(other.value.equals("web"), value.equals("web"));
        return webFirst != 0 ? webFirst : value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
