package hokku.swarm.registry;

import hokku.api.App;
import hokku.api.Output;
import hokku.api.UserError;
import java.util.Optional;

/// Tells where images of apps go.
final class Places {
    private final Logins logins;

    Places(Logins logins) {
        this.logins = logins;
    }

    /// @throws UserError when there is no such place
    Place of(App app, Output out) throws InterruptedException {
        Optional<RegistryServer> server = app.value(RegistrySettings.SERVER);
        if (server.isEmpty()) {
            throw new UserError("No registry is set for " + app.name() + ". Set one: dokku registry:set " + app.name() + " server <registry>");
        }
        return new Place(new Repository(server.get(), RegistrySettings.path(app)), logins.find(app.name(), server.get()), false);
    }
}
