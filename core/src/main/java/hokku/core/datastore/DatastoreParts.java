package hokku.core.datastore;

import hokku.api.Apps;
import hokku.api.Engine;
import hokku.core.deploy.AppSchedulers;
import hokku.core.deploy.Reach;
import hokku.core.plugin.Snapshots;
import hokku.core.state.Home;
import hokku.core.state.ServiceFiles;
import java.time.Clock;

/// The parts of datastores, put together in two steps: deploys need the first one, and the second one needs the apps.
public final class DatastoreParts {
    private final ServiceFiles files;
    private final ServiceContainers containers;
    private final ServiceNetworks networks;

    public DatastoreParts(Home home, Engine engine, Snapshots snapshots) {
        this.files = new ServiceFiles(home);
        this.containers = new EngineServiceContainers(engine);
        this.networks = new ServiceNetworks(files, containers, new AppSchedulers(snapshots));
    }

    /// What a deploy needs.
    public Reach reach() {
        return networks;
    }

    public Services services(Apps apps, Clock clock) {
        return new Services(files, containers, new ServiceLinks(apps, containers, networks), clock);
    }
}
