package hokku.buildstep;

import hokku.api.UserError;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The option `--index`: a place in the list of an app's buildpacks.
final class Position {
    @Option(names = "--index", paramLabel = "<n>", defaultValue = "0", description = "Its place in the list, from 1")
    private int index;

    /// The place, from 1; empty when none was given.
    Optional<Integer> given() {
        if (index < 0) {
            throw UserError.usage("Invalid index " + index + ": places in the list are counted from 1");
        }
        return index == 0 ? Optional.empty() : Optional.of(index);
    }
}
