package hokku.env;

import hokku.api.Apps;
import hokku.api.Env;
import hokku.api.EnvKey;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.util.List;
import picocli.CommandLine.Command;

/// Removes variables.
@Command(name = "config:unset", description = "Unset variables",
        customSynopsis = "dokku config:unset [--no-restart] (<app>|--global) KEY [KEY ...]")
final class ConfigUnset extends ConfigChange {
    ConfigUnset(Apps apps) {
        super(apps);
    }

    @Override
    public List<String> audited() {
        return arguments();
    }

    @Override
    public void run(Session session) throws InterruptedException {
        List<EnvKey> keys = arguments().stream().map(EnvKey::of).distinct().toList();
        if (keys.isEmpty()) {
            throw new UserError("At least one key must be given");
        }
        Env now = own();
        for (EnvKey key : keys) {
            session.out().step(now.get(key).isPresent() ? "Unsetting " + key : "Skipping " + key + ", it is not set in the environment");
        }
        if (keys.stream().anyMatch(key -> now.get(key).isPresent())) {
            change(env -> env.without(keys), session.out());
        }
    }
}
