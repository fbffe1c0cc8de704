package hokku.env;

import hokku.api.Apps;
import hokku.api.Env;
import hokku.api.EnvKey;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine.Command;

/// Writes variables as an archive with a file for each.
@Command(name = "config:bundle", description = "Write the variables as a tar archive: a file for each, named like it",
        customSynopsis = "dokku config:bundle [--merged] (<app>|--global) > FILE.tar")
final class ConfigBundle extends ConfigReading {
    ConfigBundle(Apps apps) {
        super(apps);
    }

    @Override
    public void run(Session session) throws IOException {
        refuseArguments();
        if (session.terminal().isPresent()) {
            throw new UserError("An archive is nothing for a terminal. Use: config:bundle " + app().map(Object::toString).orElse("--global")
                    + " > FILE.tar, without -t");
        }
        Env env = shown();
        TarFile tar = new TarFile(session.stdout());
        for (Map.Entry<EnvKey, String> each : env.asMap().entrySet()) {
            tar.add(each.getKey().value(), each.getValue().getBytes(StandardCharsets.UTF_8));
        }
        tar.end();
    }
}
