package hokku.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.InspectVolumeResponse;
import com.github.dockerjava.api.model.Container;
import hokku.api.Engine;
import hokku.api.Service;
import hokku.api.ServiceName;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import hokku.core.datastore.DatastoreParts;
import hokku.core.datastore.Services;
import hokku.core.datastore.backup.BackupSchedule;
import hokku.core.datastore.backup.Backups;
import hokku.core.deploy.AppSchedulers;
import hokku.core.deploy.CoreSettings;
import hokku.core.docker.DockerEngine;
import hokku.core.plugin.BuiltIn;
import hokku.core.plugin.PluginHost;
import hokku.core.plugin.Usage;
import hokku.core.state.Home;
import hokku.core.state.JsonText;
import hokku.testkit.FakeApps;
import hokku.testkit.FakeScheduler;
import hokku.testkit.RecordingOutput;
import hokku.testkit.SetClock;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/// The core's services on the engine of this machine, with an instance of its own, of which nothing may be left in the end.
final class RealServices {
    /// Within which a server is back that was killed.
    static final Duration SOON = Duration.ofSeconds(30);

    final Postgres postgres = new Postgres();
    final FakeApps apps = new FakeApps();
    final FakeScheduler scheduler = new FakeScheduler("docker-local");
    final RecordingOutput out = new RecordingOutput();
    final DockerEngine engine;
    final Services services;
    final Backups backups;
    final BackupSchedule schedule;
    /// Backups go by it.
    final SetClock clock = new SetClock(Instant.now());
    final PluginHost plugins;

    RealServices(Path folder) throws Exception {
        engine = new DockerEngine(URI.create("unix:///var/run/docker.sock"), "test-" + UUID.randomUUID());
        Home home = new Home(folder);
        home.create();
        plugins = new PluginHost(home, Files.createDirectory(folder.resolve("shipped")), Clock.systemUTC(), Duration.ofSeconds(1));
        Usage nobody = (kind, name) -> List.of();
        plugins.start(new hokku.core.plugin.Services(apps, engine, new JsonText(), nobody), List.of(new BuiltIn("test", "1", "", (context, to) -> {
            CoreSettings.ALL.forEach(to::setting);
            to.scheduler(scheduler);
            to.datastore(postgres);
        })));
        DatastoreParts parts = new DatastoreParts(home, engine, new AppSchedulers(plugins, app -> Optional.empty()));
        services = parts.services(apps, Clock.systemUTC());
        backups = parts.backups(services, List::of, clock);
        schedule = new BackupSchedule(plugins, backups, clock);
    }

    Service create(String name) throws InterruptedException {
        return create(name, service -> service);
    }

    Service create(String name, UnaryOperator<Service> details) throws InterruptedException {
        return services.create(postgres, ServiceName.of(name), new Services.Wish(postgres.image() + ":" + postgres.version(), details), out);
    }

    Service get(String name) {
        return services.get(postgres, ServiceName.of(name));
    }

    /// What runs commands in the container that a service has now.
    Datastore.Inside inside(Service service) throws InterruptedException {
        AtomicReference<Datastore.Inside> inside = new AtomicReference<>();
        services.inside(postgres, service, "test", inside::set);
        return inside.get();
    }

    /// What psql prints, by the road of an app: with the password, over the network.
    String sql(Service service, String query) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Datastore.Call call = Datastore.Call.of("sh", "-c", "psql -X -A -t -w -v ON_ERROR_STOP=1 -h \"$(hostname -i)\" -U postgres -d \"$D\" -c \"$Q\"")
                .with("PGPASSWORD", service.password()).with("D", service.database()).with("Q", query);
        Datastore.Inside.Result result = inside(service).run(call, InputStream.nullInputStream(), out);
        if (result.exit() != 0) {
            throw new UserError(result.errors());
        }
        return out.toString(StandardCharsets.UTF_8).strip();
    }

    /// A table with that many rows; its checksum is the same wherever it is.
    void fill(Service service, int rows) throws InterruptedException {
        sql(service, "CREATE TABLE notes (id bigint PRIMARY KEY, text text NOT NULL);"
                + " INSERT INTO notes SELECT n, md5(n::text) FROM generate_series(1, " + rows + ") n");
    }

    String checksum(Service service) throws InterruptedException {
        return sql(service, "SELECT count(*) || ' ' || coalesce(sum(hashtextextended(id || text, 0)), 0) FROM notes");
    }

    byte[] dump(Service service) throws InterruptedException {
        ByteArrayOutputStream dump = new ByteArrayOutputStream();
        services.dump(postgres, service, dump);
        return dump.toByteArray();
    }

    /// Kills the first process of the container, as the kernel does that is out of memory.
    void killServer(Service service) throws Exception {
        Long pid = engine.client().inspectContainerCmd(services.container(service)).exec().getState().getPidLong();
        assertThat(new ProcessBuilder("kill", "-9", pid.toString()).start().waitFor()).isZero();
    }

    void awaitBack(Service service, String checksum) {
        await().atMost(SOON).ignoreExceptions().untilAsserted(() -> assertThat(checksum(service)).isEqualTo(checksum));
    }

    Map<String, String> ours() {
        return Map.of(Engine.INSTANCE_LABEL, engine.instance());
    }

    List<Container> containers() {
        return engine.client().listContainersCmd().withShowAll(true).withLabelFilter(ours()).exec();
    }

    List<InspectVolumeResponse> volumes() {
        return engine.client().listVolumesCmd().withFilter("label", List.of(Engine.INSTANCE_LABEL + "=" + engine.instance())).exec().getVolumes();
    }

    void close() throws Exception {
        // What the test made knowingly is destroyed as a user does it; then nothing is left.
        for (Service service : services.list(postgres)) {
            for (var app : services.links().linked(service)) {
                services.links().unlink(service, app.name(), hokku.api.Apps.Restart.IF_NEEDED, out);
            }
            services.destroy(postgres, service.name());
        }
        List<Container> containers = containers();
        containers.forEach(each -> engine.client().removeContainerCmd(each.getId()).withForce(true).withRemoveVolumes(true).exec());
        List<InspectVolumeResponse> volumes = volumes();
        volumes.forEach(each -> engine.client().removeVolumeCmd(each.getName()).exec());
        plugins.close();
        engine.close();
        assertThat(containers).isEmpty();
        assertThat(volumes).isEmpty();
    }
}
