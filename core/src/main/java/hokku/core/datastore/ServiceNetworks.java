package hokku.core.datastore;

import hokku.api.App;
import hokku.api.Link;
import hokku.api.Service;
import hokku.api.UserError;
import hokku.api.spi.Scheduler;
import hokku.core.deploy.AppSchedulers;
import hokku.core.deploy.Reach;
import hokku.core.state.ServiceFiles;
import java.util.List;
import java.util.Optional;

/// Brings the containers of services into the networks of the apps that are linked to them.
final class ServiceNetworks implements Reach {
    private final ServiceFiles files;
    private final ServiceContainers containers;
    private final AppSchedulers schedulers;

    ServiceNetworks(ServiceFiles files, ServiceContainers containers, AppSchedulers schedulers) {
        this.files = files;
        this.containers = containers;
        this.schedulers = schedulers;
    }

    @Override
    public void reach(Scheduler scheduler, App app) throws InterruptedException {
        for (Link link : app.links()) {
            Service service = files.find(link.datastore(), link.service()).orElseThrow(() -> new UserError(("App %s is linked to a %s service that is"
                    + " not there any more: its variable is %s. Make the service again, or take the link away: %s:unlink").formatted(app.name(),
                            link.datastore(), link.variable(), link.datastore())));
            Optional<String> container = containers.find(service);
            if (container.isPresent()) {
                attach(scheduler, app, service, container.get());
            }
        }
    }

    /// @throws UserError when the service has no container
    void reach(App app, Service service) throws InterruptedException {
        String container = containers.demand(service);
        schedulers.use(app, "reaching " + service.name(), scheduler -> scheduler.attach(app, container, List.of(service.host())));
    }

    void part(App app, Service service) throws InterruptedException {
        Optional<String> container = containers.find(service);
        if (container.isPresent()) {
            schedulers.useAll(app, "parting from " + service.name(), scheduler -> scheduler.detach(app, container.get()));
        }
    }

    private static void attach(Scheduler scheduler, App app, Service service, String container) throws InterruptedException {
        try {
            scheduler.attach(app, container, List.of(service.host()));
        } catch (InterruptedException | RuntimeException failed) {
            throw failed;
        } catch (Exception failed) {
            throw new UserError(UserError.FAILED, "App " + app.name() + " cannot be brought to reach " + service.name() + ": " + failed.getMessage(), failed);
        }
    }
}
