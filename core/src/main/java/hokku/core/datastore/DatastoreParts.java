package hokku.core.datastore;

import hokku.api.Apps;
import hokku.api.Engine;
import hokku.core.datastore.backup.Backups;
import hokku.core.deploy.AppSchedulers;
import hokku.core.deploy.Reach;
import hokku.core.state.Home;
import hokku.core.state.ServiceFiles;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;

/// The parts of datastores, put together in two steps: deploys need the first one, and the second one needs the apps.
public final class DatastoreParts {
    private final Home home;
    private final ServiceFiles files;
    private final ServiceContainers containers;
    private final ServiceNetworks networks;

    public DatastoreParts(Home home, Engine engine, AppSchedulers schedulers) {
        this.home = home;
        this.files = new ServiceFiles(home);
        this.containers = new EngineServiceContainers(engine);
        this.networks = new ServiceNetworks(files, containers, schedulers);
    }

    /// What a deploy needs.
    public Reach reach() {
        return networks;
    }

    public Services services(Apps apps, Clock clock) {
        return new Services(files, containers, new ServiceLinks(apps, containers, networks), clock);
    }

    /// @param allowed the folders below which an administrator allows backups
    public Backups backups(Services services, Supplier<List<Path>> allowed, Clock clock) {
        return new Backups(new BackedUpServices(services, clock), home, allowed, clock);
    }
}
