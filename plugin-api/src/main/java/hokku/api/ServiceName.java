package hokku.api;

import java.util.regex.Pattern;

/// The name of a service of a datastore, such as a database: part of commands, a folder and the names of containers and volumes.
///
/// This is the only door from text to any of those.
public record ServiceName(String value) implements Comparable<ServiceName> {
    public static final int MAX_LENGTH = 40;
    private static final Pattern FORM = Pattern.compile("[a-z0-9]+([-_][a-z0-9]+)*");

    public ServiceName {
        if (value.isEmpty()) {
            throw new UserError("Please specify a valid name for the service");
        }
        if (value.length() > MAX_LENGTH) {
            throw new UserError("Service name is %d characters long: at most %d are allowed".formatted(value.length(), MAX_LENGTH));
        }
        if (!FORM.matcher(value).matches()) {
            throw new UserError("Service name may only contain lowercase alphanumerics, with single hyphens and underscores between them: "
                    + Text.quoted(value));
        }
    }

    /// @throws UserError when the text is no name of a service
    public static ServiceName of(String value) {
        return new ServiceName(value);
    }

    @Override
    public int compareTo(ServiceName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
