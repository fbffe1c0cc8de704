package hokku.core.command;

import hokku.api.UserError;

/// The forms in which lists and reports are given.
public final class Formats {
    private Formats() {}

    /// @throws UserError when the format is none
    public static boolean isJson(String format) {
        return switch (format) {
            case "json" -> true;
            case "stdout", "text" -> false;
            default -> throw new UserError("Format must be \"stdout\" or \"json\": \"" + format + "\"");
        };
    }
}
