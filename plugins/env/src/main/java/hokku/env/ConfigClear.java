package hokku.env;

import hokku.api.Apps;
import hokku.api.Env;
import hokku.api.spi.Session;
import picocli.CommandLine.Command;

/// Removes all variables.
@Command(name = "config:clear", description = "Unset all variables",
        customSynopsis = "dokku config:clear [--no-restart] (<app>|--global)")
final class ConfigClear extends ConfigChange {
    ConfigClear(Apps apps) {
        super(apps);
    }

    @Override
    public void run(Session session) throws InterruptedException {
        refuseArguments();
        own().keys().forEach(key -> session.out().step("Unsetting " + key));
        change(env -> Env.EMPTY, session.out());
    }
}
