package hokku.redis;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.Apps;
import hokku.api.Engine;
import hokku.api.Service;
import hokku.api.ServiceName;
import hokku.core.datastore.DatastoreParts;
import hokku.core.datastore.Services;
import hokku.core.deploy.AppSchedulers;
import hokku.core.deploy.CoreSettings;
import hokku.core.docker.DockerEngine;
import hokku.core.plugin.BuiltIn;
import hokku.core.plugin.PluginHost;
import hokku.core.state.Home;
import hokku.core.state.JsonText;
import hokku.testkit.FakeApps;
import hokku.testkit.FakeScheduler;
import hokku.testkit.RecordingOutput;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A service of Redis in the hands of the core: made, linked, copied, and brought to another version.
final class RedisServicesIT {
    private static final ServiceName CACHE = ServiceName.of("cache");

    @TempDir
    private Path folder;
    private final RedisDatastore redis = new RedisDatastore();
    private final FakeApps apps = new FakeApps();
    private final RecordingOutput out = new RecordingOutput();
    private final DockerEngine engine = new DockerEngine(URI.create("unix:///var/run/docker.sock"), "test-" + UUID.randomUUID());
    private PluginHost plugins;
    private Services services;

    @BeforeEach
    void build() throws Exception {
        Home home = new Home(folder.resolve("home"));
        home.create();
        plugins = new PluginHost(home, Files.createDirectory(folder.resolve("shipped")), Clock.systemUTC(), Duration.ofSeconds(1));
        plugins.start(new hokku.core.plugin.Services(apps, engine, new JsonText(), (kind, name) -> List.of()), List.of(new BuiltIn("test", "1", "", (context, to) -> {
            CoreSettings.ALL.forEach(to::setting);
            to.scheduler(new FakeScheduler("docker-local"));
        })));
        services = new DatastoreParts(home, engine, new AppSchedulers(plugins, app -> Optional.empty())).services(apps, Clock.systemUTC());
    }

    @AfterEach
    void remove() throws Exception {
        for (Service service : services.list(redis)) {
            for (var app : services.links().linked(service)) {
                services.links().unlink(service, app.name(), Apps.Restart.IF_NEEDED, out);
            }
            services.destroy(redis, service.name());
        }
        Map<String, String> ours = Map.of(Engine.INSTANCE_LABEL, engine.instance());
        var containers = engine.client().listContainersCmd().withShowAll(true).withLabelFilter(ours).exec();
        containers.forEach(each -> engine.client().removeContainerCmd(each.getId()).withForce(true).exec());
        var volumes = engine.client().listVolumesCmd().withFilter("label", List.of(Engine.INSTANCE_LABEL + "=" + engine.instance())).exec().getVolumes();
        volumes.forEach(each -> engine.client().removeVolumeCmd(each.getName()).exec());
        plugins.close();
        engine.close();
        assertThat(containers).isEmpty();
        assertThat(volumes).isEmpty();
    }

    private Service create(String image) throws InterruptedException {
        return services.create(redis, CACHE, new Services.Wish(image, UnaryOperator.identity()), out);
    }

    private String said(Service service, String... words) throws InterruptedException {
        AtomicReference<String> said = new AtomicReference<>();
        services.inside(redis, service, "test", inside -> said.set(inside.text(RedisCli.call(service, words)).strip()));
        return said.get();
    }

    @Test
    void anUpgradeCarriesTheDataAndTheLinksAlong() throws Exception {
        Service before = create("redis:7");
        said(before, "set", "lasting", "1");
        said(before, "set", "mortal", "2", "EX", "1000");
        apps.add("hello");
        services.links().link(redis, before, apps.get("hello").name(), Optional.empty(), "", Apps.Restart.IF_NEEDED, out);

        Service after = services.upgrades().upgrade(redis, CACHE, "redis:8", out);

        assertThat(said(after, "info", "server")).contains("redis_version:8.");
        assertThat(said(after, "mget", "lasting", "mortal")).isEqualTo("1\n2");
        assertThat(said(after, "set", "new", "3")).isEqualTo("OK");
        assertThat(apps.get("hello").provided().asMap().values()).containsExactly(redis.address(after, "dokku-redis-cache", 6379));
        services.upgrades().discardFormer(redis, CACHE);
    }

    @Test
    void aCopyHasTheDataAndAPasswordOfItsOwn() throws Exception {
        Service made = create("redis:8");
        said(made, "set", "a", "1");
        Service copy = services.copy(redis, CACHE, ServiceName.of("copy"), new Services.Wish("redis:8", UnaryOperator.identity()), out);
        assertThat(said(copy, "get", "a")).isEqualTo("1");
        assertThat(copy.password()).isNotEqualTo(made.password());
        assertThat(said(copy, "dbsize")).isEqualTo("1");
    }

    @Test
    void aChangedServiceKeepsItsData() throws Exception {
        Service made = create("redis:8");
        said(made, "set", "a", "1");
        Service changed = services.change(redis, CACHE, service -> service.withOptions(List.of("--maxmemory", "64mb"), service.env()), out);
        assertThat(said(changed, "get", "a")).isEqualTo("1");
        assertThat(said(changed, "config", "get", "maxmemory")).endsWith("67108864");
    }
}
