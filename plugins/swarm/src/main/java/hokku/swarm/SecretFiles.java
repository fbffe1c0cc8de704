package hokku.swarm;

import hokku.api.App;
import hokku.api.Env;
import hokku.api.EnvKey;
import hokku.api.ProcessSpec;
import hokku.api.UserError;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Which values of a process are files in its containers instead of variables, where whoever may inspect a container reads them.
///
/// An empty value stays a variable: the swarm takes no secret without content, and there is nothing to hide.
///
/// @param spec the process without these variables, and with the paths of the files
/// @param values the contents of the files by their names, which are those of the variables
record SecretFiles(ProcessSpec spec, Env values) {
    static final String FOLDER = "/run/secrets/";
    /// The largest secret that the swarm takes, in bytes.
    private static final int LARGEST = 500 * 1024 - 1;

    static SecretFiles of(App app, ProcessSpec spec) {
        Env values = Env.EMPTY;
        Env paths = Env.EMPTY;
        for (EnvKey key : app.value(SwarmSettings.SECRET_FILES).orElse(List.of()).stream().map(EnvKey::of).toList()) {
            String value = spec.env().get(key).orElse("");
            if (!value.isEmpty()) {
                demandFits(key, value);
                values = values.with(key, value);
                paths = paths.with(pathVariable(key), FOLDER + key);
            }
        }
        return new SecretFiles(spec.withEnv(spec.env().without(values.keys()).merge(paths)), values);
    }

    private static void demandFits(EnvKey key, String value) {
        if (value.getBytes(StandardCharsets.UTF_8).length > LARGEST) {
            throw new UserError("The value of " + key + " is too long for a secret: the swarm takes less than 500 KiB."
                    + " Take it out of scheduler-swarm:set <app> secret-files");
        }
    }

    /// The variable that tells the path of a key's file.
    ///
    /// @throws UserError when the key is too long for one
    static EnvKey pathVariable(EnvKey key) {
        return EnvKey.of(key + "_FILE");
    }
}
