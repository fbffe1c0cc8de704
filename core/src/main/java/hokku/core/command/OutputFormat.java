package hokku.core.command;

import hokku.api.UserError;
import picocli.CommandLine.Option;

/// The flag `--format`, mixed into every command that lists or reports.
public final class OutputFormat {
    @Option(names = "--format", paramLabel = "stdout|json", defaultValue = "stdout", description = "Form of the output")
    private String format = "stdout";

    /// @throws UserError when the format is none
    public boolean isJson() {
        return switch (format) {
            case "json" -> true;
            case "stdout", "text" -> false;
            default -> throw new UserError("Format must be \"stdout\" or \"json\": \"" + format + "\"");
        };
    }
}
