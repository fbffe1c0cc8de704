package hokku.swarm;

import hokku.api.UserError;
import picocli.CommandLine.Option;

/// The option `--format`.
final class Format {
    @Option(names = "--format", paramLabel = "stdout|json", defaultValue = "stdout", description = "Form of the output")
    private String format;

    boolean isJson() {
        return switch (format) {
            case "json" -> true;
            case "stdout" -> false;
            default -> throw new UserError("Format must be \"stdout\" or \"json\": \"" + format + "\"");
        };
    }
}
