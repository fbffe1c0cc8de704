package hokku.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.Service;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import hokku.core.datastore.EngineServiceContainers;
import hokku.core.docker.DockerEngine;
import hokku.testkit.DatastoreContract;
import hokku.testkit.RecordingOutput;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Redis in containers of the engine.
final class RedisIT extends DatastoreContract {
    private final DockerEngine engine = new DockerEngine(URI.create("unix:///var/run/docker.sock"), "test-" + UUID.randomUUID());
    private final EngineServiceContainers containers = new EngineServiceContainers(engine);
    private final RedisDatastore redis = new RedisDatastore();
    private final List<Service> started = new ArrayList<>();

    @AfterEach
    void remove() throws Exception {
        for (Service service : started) {
            containers.find(service).ifPresent(containers::remove);
            containers.removeVolume(service.volume());
        }
        engine.close();
    }

    @Override
    protected Datastore datastore() {
        return redis;
    }

    @Override
    protected Datastore.Inside start(Service bare) throws InterruptedException {
        return containers.inside(up(bare));
    }

    private Service placed(Service bare) {
        return bare.withImage(bare.image(), containers.newVolumeName(bare, ""));
    }

    private String up(Service bare) throws InterruptedException {
        Service service = placed(bare);
        containers.demandImage(service.image(), new RecordingOutput());
        containers.createVolume(service, service.volume());
        started.add(service);
        String container = containers.start(redis, service, "");
        containers.awaitReady(redis, service, container);
        return container;
    }

    @Override
    protected void write(Service service, Datastore.Inside inside, int count) throws InterruptedException {
        String said = eval(service, inside, "for i = 1, ARGV[1] do redis.call('set', ARGV[2] .. i, i) end return 'OK'", Integer.toString(count),
                UUID.randomUUID().toString());
        if (!said.equals("OK")) {
            throw new UserError(said);
        }
    }

    private static String eval(Service service, Datastore.Inside inside, String script, String... words) throws InterruptedException {
        List<String> all = new ArrayList<>(List.of("eval", script, "0"));
        all.addAll(List.of(words));
        return said(service, inside, all.toArray(String[]::new));
    }

    private static String said(Service service, Datastore.Inside inside, String... words) throws InterruptedException {
        return inside.text(RedisCli.call(service, words)).strip();
    }

    @Override
    protected List<byte[]> wrongDumps() {
        return List.of("REDIS0009".getBytes(StandardCharsets.UTF_8), "REDIS9999\u00ff".getBytes(StandardCharsets.UTF_8),
                "PGDMP".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whoDoesNotKnowThePasswordGetsNothing() throws Exception {
        Service service = service("locked");
        Datastore.Inside inside = start(service);
        assertThat(inside.text(Datastore.Call.of("redis-cli", "get", "a"))).contains("NOAUTH");
        assertThat(said(service, inside, "ping")).isEqualTo("PONG");
    }

    @Test
    void everyKindOfValueAndEveryDatabaseComesBack() throws Exception {
        Service from = service("from");
        Datastore.Inside source = start(from);
        eval(from, source, """
                redis.call('set', 'text', 'a"b\\0c')
                redis.call('rpush', 'list', 1, 2, 3)
                redis.call('hset', 'hash', 'a', 1)
                redis.call('zadd', 'sorted', 1, 'a', 2, 'b')
                redis.call('xadd', 'stream', '1-1', 'a', 'b')
                redis.call('set', 'mortal', 'x', 'EX', 1000)
                redis.call('select', 3)
                redis.call('sadd', 'set', 1, 2)
                return 'OK'""");
        String digest = everything(from, source);
        ByteArrayOutputStream dump = new ByteArrayOutputStream();
        redis.dump(from, source, dump);
        Service to = service("to");
        Datastore.Inside target = start(to);

        redis.restore(to, target, new ByteArrayInputStream(dump.toByteArray()));

        assertThat(everything(to, target)).isEqualTo(digest);
        assertThat(redis.contents(to, target)).isEqualTo(Map.of("db0", 5L, "db3", 1L));
        assertThat(redis.verify(to, target, new ByteArrayInputStream(dump.toByteArray()))).isEqualTo("7 keys");
    }

    /// All keys of two databases in the order of their names, as the server writes them itself.
    private static String everything(Service service, Datastore.Inside inside) throws InterruptedException {
        return eval(service, inside, """
                local all = ''
                for _, database in ipairs({0, 3}) do
                  redis.call('select', database)
                  local keys = redis.call('keys', '*')
                  table.sort(keys)
                  for _, key in ipairs(keys) do
                    all = all .. key .. redis.sha1hex(redis.call('dump', key)) .. (redis.call('ttl', key) > 0 and 'mortal' or '')
                  end
                end
                return all""");
    }

    @Test
    void whatWasRestoredIsThereAfterTheServerWasKilled() throws Exception {
        Service service = service("killed");
        String container = up(service);
        Datastore.Inside inside = containers.inside(container);
        write(service, inside, 1000);
        ByteArrayOutputStream dump = new ByteArrayOutputStream();
        redis.dump(service, inside, dump);
        write(service, inside, 7);
        redis.restore(service, inside, new ByteArrayInputStream(dump.toByteArray()));

        kill(service, container);

        assertThat(redis.contents(service, inside)).isEqualTo(Map.of("db0", 1000L));
        assertThat(said(service, inside, "info", "replication")).contains("role:master");
        assertThat(inside.text(Datastore.Call.of("ls", "/data"))).doesNotContain("restore");
    }

    @Test
    void whatWasWrittenASecondAgoIsThereAfterTheServerWasKilled() throws Exception {
        Service service = service("killed");
        String container = up(service);
        Datastore.Inside inside = containers.inside(container);
        write(service, inside, 1000);
        await().until(() -> isSynced(service, inside));
        kill(service, container);
        assertThat(redis.contents(service, inside)).isEqualTo(Map.of("db0", 1000L));
    }

    @Test
    void aServerThatIsKilledInTheMiddleOfARestoreHasAllOfTheFormerDataOrAllOfTheNew() throws Exception {
        Service service = service("killed");
        String container = up(service);
        Datastore.Inside inside = containers.inside(container);
        write(service, inside, 300_000);
        ByteArrayOutputStream dump = new ByteArrayOutputStream();
        redis.dump(service, inside, dump);
        said(service, inside, "flushall");
        write(service, inside, 7);
        await().until(() -> isSynced(service, inside));
        CompletableFuture<Boolean> restored = CompletableFuture.supplyAsync(() -> {
            try {
                redis.restore(service, inside, new ByteArrayInputStream(dump.toByteArray()));
                return true;
            } catch (Exception failed) {
                return false;
            }
        });
        await().atMost(Duration.ofMinutes(1)).until(() -> restored.isDone() || said(service, inside, "info", "replication").contains("role:slave"));

        kill(service, container);

        assertThat(redis.contents(service, inside)).isIn(restored.get() ? List.of(Map.of("db0", 300_000L)) : List.of(Map.of("db0", 7L), Map.of("db0", 300_000L)));
        write(service, inside, 1);
        assertThat(inside.text(Datastore.Call.of("ls", "/data"))).doesNotContain("restore").doesNotContain("temp-");
    }

    private static boolean isSynced(Service service, Datastore.Inside inside) throws InterruptedException {
        String state = said(service, inside, "info", "persistence");
        return state.contains("aof_pending_bio_fsync:0") && state.contains("aof_buffer_length:0");
    }

    /// The engine starts it again by itself.
    private void kill(Service service, String container) throws InterruptedException {
        ProcessHandle.of(engine.client().inspectContainerCmd(container).exec().getState().getPidLong()).orElseThrow().destroyForcibly();
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            var now = engine.client().inspectContainerCmd(container).exec();
            return now.getRestartCount() > 0 && "running".equals(now.getState().getStatus());
        });
        containers.awaitReady(redis, placed(service), container);
    }

    @Test
    void anOlderVersionRefusesWhatOnlyANewerOneReads() throws Exception {
        Service young = service("young");
        Datastore.Inside inside = start(young);
        write(young, inside, 10);
        ByteArrayOutputStream dump = new ByteArrayOutputStream();
        redis.dump(young, inside, dump);
        Service old = service("old").withImage("redis:7", "");
        Datastore.Inside former = start(old);
        write(old, former, 10);
        ByteArrayOutputStream formerDump = new ByteArrayOutputStream();
        redis.dump(old, former, formerDump);

        assertThatThrownBy(() -> redis.restore(old, former, new ByteArrayInputStream(dump.toByteArray()))).isInstanceOf(UserError.class)
                .hasMessageContaining("no dump of this Redis or an older one");
        redis.restore(young, inside, new ByteArrayInputStream(formerDump.toByteArray()));

        assertThat(redis.contents(old, former)).isEqualTo(Map.of("db0", 10L));
        assertThat(redis.contents(young, inside)).isEqualTo(Map.of("db0", 10L));
    }

    @Test
    void aUsersWordsReachTheServer() throws Exception {
        Service service = service("limited").withOptions(List.of("--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru"), hokku.api.Env.EMPTY);
        Datastore.Inside inside = start(service);
        assertThat(said(service, inside, "config", "get", "maxmemory")).contains("52428800");
    }
}
