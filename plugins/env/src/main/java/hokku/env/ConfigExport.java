package hokku.env;

import hokku.api.Apps;
import hokku.api.spi.Session;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Prints variables in a form that another program reads.
@Command(name = "config:export", description = "Print the variables in a form that another program reads",
        customSynopsis = "dokku config:export [--format <format>] [--merged] (<app>|--global)")
final class ConfigExport extends ConfigReading {
    @Option(names = "--format", defaultValue = "exports", paramLabel = "<format>", description = "exports (the default), envfile,"
            + " shell, docker-args, docker-args-keys, pack-keys, json, json-list or pretty")
    private String format;

    ConfigExport(Apps apps) {
        super(apps);
    }

    @Override
    public void run(Session session) {
        refuseArguments();
        ExportFormat chosen = ExportFormat.named(format);
        if (chosen == ExportFormat.JSON) {
            session.json(ExportFormat.texts(shown()));
        } else if (chosen == ExportFormat.JSON_LIST) {
            session.json(ExportFormat.pairs(shown()));
        } else if (!shown().isEmpty()) {
            session.print(chosen.write(shown()));
        }
    }
}
