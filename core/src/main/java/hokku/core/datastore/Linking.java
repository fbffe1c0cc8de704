package hokku.core.datastore;

import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.EnvKey;
import hokku.api.Output;
import hokku.api.ServiceName;
import hokku.api.spi.Datastore;
import java.util.Optional;

/// Links apps to services while nobody else changes the service: one that is about to be destroyed gets no new link.
public final class Linking {
    private final Services services;

    public Linking(Services services) {
        this.services = services;
    }

    /// @param alias what the variable begins with; empty for the usual name
    /// @return the name of the variable
    public EnvKey link(Datastore datastore, ServiceName name, AppName app, Optional<String> alias, String query, Apps.Restart restart, Output out)
            throws InterruptedException {
        try (Services.Held _ = services.hold(datastore, name)) {
            return services.links().link(datastore, services.get(datastore, name), app, alias, query, restart, out);
        }
    }

    public void unlink(Datastore datastore, ServiceName name, AppName app, Apps.Restart restart, Output out) throws InterruptedException {
        try (Services.Held _ = services.hold(datastore, name)) {
            services.links().unlink(services.get(datastore, name), app, restart, out);
        }
    }

    public void promote(Datastore datastore, ServiceName name, AppName app, Output out) throws InterruptedException {
        try (Services.Held _ = services.hold(datastore, name)) {
            services.links().promote(datastore, services.get(datastore, name), app, out);
        }
    }
}
