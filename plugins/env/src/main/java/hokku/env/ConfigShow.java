package hokku.env;

import hokku.api.Apps;
import hokku.api.spi.Session;
import picocli.CommandLine.Command;

/// Shows variables in two columns.
@Command(name = "config:show", description = "Show the variables of an app or of the whole server",
        customSynopsis = "dokku config:show [--merged] (<app>|--global)")
class ConfigShow extends ConfigReading {
    /// The same under the name that is quicker to type.
    @Command(name = "config", description = "Show the variables of an app or of the whole server",
            customSynopsis = "dokku config [--merged] (<app>|--global)")
    static final class Short extends ConfigShow {
        Short(Apps apps) {
            super(apps);
        }
    }

    ConfigShow(Apps apps) {
        super(apps);
    }

    @Override
    public final void run(Session session) {
        refuseArguments();
        String shown = ExportFormat.PRETTY.write(shown());
        session.out().milestone(owner() + " env vars");
        if (!shown.isEmpty()) {
            session.print(shown);
        }
    }
}
