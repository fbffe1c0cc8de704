package hokku.core.datastore;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.EnvKey;
import hokku.api.Service;
import hokku.api.ServiceName;
import hokku.core.datastore.backup.Backups;
import hokku.core.deploy.AppSchedulers;
import hokku.core.deploy.CoreSettings;
import hokku.core.plugin.TestPlugins;
import hokku.core.state.Home;
import hokku.core.state.ServiceFiles;
import hokku.testkit.FakeApps;
import hokku.testkit.FakeDatastore;
import hokku.testkit.FakeScheduler;
import hokku.testkit.RecordingOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Services with real files in a folder; containers, apps and scheduler are in memory.
final class ServiceHouse {
    static final ServiceName DB = ServiceName.of("db");
    static final AppName HELLO = AppName.of("hello");

    final FakeDatastore datastore = new FakeDatastore("postgres");
    final FakeServiceContainers containers = new FakeServiceContainers();
    final FakeApps apps = new FakeApps();
    final FakeScheduler scheduler = new FakeScheduler("docker-local");
    final RecordingOutput out = new RecordingOutput();
    final TestPlugins plugins = new TestPlugins();
    final Home home;
    final ServiceFiles files;
    final ServiceNetworks networks;
    final Services services;
    final Backups backups;
    final ServiceWatch watch;

    ServiceHouse(Path folder) throws IOException {
        home = new Home(folder.resolve("home"));
        home.create();
        files = new ServiceFiles(home);
        CoreSettings.ALL.forEach(plugins.plugin("core")::setting);
        plugins.plugin("scheduler-plugin").scheduler(scheduler);
        networks = new ServiceNetworks(files, containers, new AppSchedulers(plugins, app -> Optional.empty()));
        services = new Services(files, containers, new ServiceLinks(apps, containers, networks), Clock.systemUTC());
        backups = new Backups(new BackedUpServices(services, Clock.systemUTC()), home, List::of, Clock.systemUTC());
        plugins.plugin("datastore-plugin").datastore(datastore);
        watch = new ServiceWatch(plugins, services, Duration.ofMillis(1));
        apps.add("hello");
    }

    Service create(String name) throws InterruptedException {
        return create(datastore, name);
    }

    Service create(FakeDatastore of, String name) throws InterruptedException {
        return services.create(of, ServiceName.of(name), new Services.Wish(of.image() + ":1", UnaryOperator.identity()), out);
    }

    Service get(ServiceName name) {
        return services.get(datastore, name);
    }

    /// Puts a key into a service.
    void put(Service service, String key) throws InterruptedException {
        containers.run(service, "put", key, "value");
    }

    App hello() {
        return apps.get(HELLO);
    }

    /// What services give to the app.
    Map<EnvKey, String> provided() {
        return hello().provided().asMap();
    }
}
