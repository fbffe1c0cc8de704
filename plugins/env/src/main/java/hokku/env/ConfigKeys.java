package hokku.env;

import hokku.api.Access;
import hokku.api.Apps;
import hokku.api.spi.Session;
import picocli.CommandLine.Command;

/// Prints the names of the variables, one per line.
@Command(name = "config:keys", description = "Print the names of the variables",
        customSynopsis = "dokku config:keys [--merged] (<app>|--global)")
final class ConfigKeys extends ConfigReading {
    ConfigKeys(Apps apps) {
        super(apps);
    }

    /// Names are no secret.
    @Override
    public Access access() {
        return Access.READ;
    }

    @Override
    public void run(Session session) {
        refuseArguments();
        shown().keys().forEach(key -> session.print(key.value()));
    }
}
