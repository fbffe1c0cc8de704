package hokku.api;

import java.util.regex.Pattern;

/// The name of an app: the last word of its git remote, a folder, a label and part of image and container names.
///
/// This is the only door from text to any of those, so that `../x` or `-rf` never reaches a path or a process.
public record AppName(String value) implements Comparable<AppName> {
    public static final int MAX_LENGTH = 63;
    private static final Pattern FORM = Pattern.compile("[a-z0-9]+([.-][a-z0-9]+|--+[a-z0-9]+)*");

    public AppName {
        if (value.isEmpty()) {
            throw new UserError("Please specify an app to run the command on");
        }
        if (value.length() > MAX_LENGTH) {
            throw new UserError("App name is %d characters long: at most %d are allowed".formatted(value.length(), MAX_LENGTH));
        }
        if (!FORM.matcher(value).matches()) {
            throw new UserError("App name must begin with lowercase alphanumeric character, and may only contain"
                    + " lowercase alphanumerics, dots, and hyphens: " + Text.quoted(value));
        }
    }

    /// @throws UserError when the text is no app name
    public static AppName of(String value) {
        return new AppName(value);
    }

    @Override
    public int compareTo(AppName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
