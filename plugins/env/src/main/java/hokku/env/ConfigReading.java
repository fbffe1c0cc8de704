package hokku.env;

import hokku.api.Apps;
import hokku.api.Env;
import picocli.CommandLine.Option;

/// A command that shows variables.
abstract class ConfigReading extends ConfigCommand {
    @Option(names = "--merged", description = "Include the variables of the whole server that the app gets")
    private boolean merged;

    ConfigReading(Apps apps) {
        super(apps);
    }

    final Env shown() {
        return merged ? merged() : own();
    }
}
