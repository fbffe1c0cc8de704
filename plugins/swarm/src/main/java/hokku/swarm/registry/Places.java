package hokku.swarm.registry;

import hokku.api.App;
import hokku.api.Output;
import hokku.api.UserError;
import java.util.Optional;

/// Tells where images of apps go: to the registry that was set, else to Hokku's own.
final class Places {
    private final Logins logins;
    private final OwnRegistry own;

    Places(Logins logins, OwnRegistry own) {
        this.logins = logins;
        this.own = own;
    }

    /// @throws UserError when there is no such place
    Place of(App app, Output out) throws InterruptedException {
        Optional<RegistryServer> server = app.value(RegistrySettings.SERVER);
        if (server.isPresent()) {
            return new Place(new Repository(server.get(), RegistrySettings.path(app)), logins.find(app.name(), server.get()), false);
        }
        Login login = own.demand(out);
        return new Place(new Repository(login.server(), RegistrySettings.path(app)), Optional.of(login), true);
    }
}
