package hokku.swarm.registry;

import hokku.api.Contributions;
import hokku.api.PluginContext;
import hokku.api.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Puts together what has to do with registries.
public final class RegistryParts {
    private RegistryParts() {}

    /// Adds the settings of the group `registry`, and what follows from them.
    public static Publisher contribute(PluginContext context, Contributions to) {
        RegistrySettings.contribute(to);
        Logins logins = new Logins(context);
        return new Registry(context.engine(), context.apps(), new Places(logins), pushed(context), new ReentrantReadWriteLock().readLock());
    }

    private static PushedImages pushed(PluginContext context) {
        try {
            return new PushedImages(Files.createDirectories(context.folder().resolve("registry-pushed")), context.json());
        } catch (IOException failed) {
            throw new UserError(UserError.FAILED, "The folder of the plugin cannot be used: " + failed.getMessage(), failed);
        }
    }
}
