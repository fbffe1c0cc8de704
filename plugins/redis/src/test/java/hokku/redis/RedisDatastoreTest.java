package hokku.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Service;
import hokku.api.ServiceId;
import hokku.api.ServiceName;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What is said to Redis, and what is made of its answers.
class RedisDatastoreTest {
    private static final Service SERVICE = Service.create("redis", ServiceName.of("cache"), ServiceId.random(), "redis:8", "volume", "a\"b\\c é", Instant.EPOCH);

    private final RedisDatastore redis = new RedisDatastore();

    /// A container in which every command prints a text.
    private static Datastore.Inside answering(String text) {
        return new Datastore.Inside() {
            @Override
            public Result run(Datastore.Call call, InputStream in, OutputStream out) {
                try {
                    out.write(text.getBytes(StandardCharsets.UTF_8));
                } catch (IOException broken) {
                    throw new UncheckedIOException(broken);
                }
                return new Result(0, "");
            }

            @Override
            public String text(Datastore.Call call) {
                return text;
            }
        };
    }

    @Test
    void thePasswordIsQuotedInTheServersConfiguration() {
        byte[] configuration = redis.startup(SERVICE).files().values().iterator().next();
        assertThat(new String(configuration, StandardCharsets.UTF_8)).contains("requirepass \"a\\\"b\\\\c é\"\n");
    }

    @Test
    void aUsersWordsComeAfterThoseOfTheScript() {
        List<String> command = redis.startup(SERVICE).command();
        assertThat(command).startsWith("sh", "-c").endsWith("/data", "/etc/hokku-redis.conf");
    }

    @Test
    void onlyKeysThatDoNotExpireAreCounted() throws Exception {
        Datastore.Inside inside = answering("# Keyspace\r\ndb0:keys=10,expires=4,avg_ttl=5,subexpiry=0\r\ndb1:keys=2,expires=2,avg_ttl=5\r\ndb3:keys=1,expires=0,avg_ttl=0\r\n");
        assertThat(redis.contents(SERVICE, inside)).isEqualTo(Map.of("db0", 6L, "db3", 1L));
        assertThat(redis.contents(SERVICE, answering("# Keyspace\r\n"))).isEmpty();
    }

    @Test
    void whatTheServerRefusesIsAFailureAlthoughTheClientEndsWell() {
        Datastore.Inside inside = answering("NOAUTH Authentication required.\n");
        assertThatThrownBy(() -> redis.size(SERVICE, inside)).isInstanceOf(UserError.class).hasMessageContaining("NOAUTH");
        assertThatThrownBy(() -> redis.contents(SERVICE, inside)).isInstanceOf(UserError.class).hasMessageContaining("redis:logs cache");
        assertThatThrownBy(() -> redis.freeze(SERVICE, inside)).isInstanceOf(UserError.class).hasMessageContaining("NOAUTH");
    }

    @Test
    void sizeAndNoteAreReadFromWhatTheServerTells() throws Exception {
        assertThat(redis.size(SERVICE, answering("# Memory\r\nused_memory:1048576\r\nused_memory_human:1.00M\r\n"))).isEqualTo(1 << 20);
        assertThat(redis.note(SERVICE, answering("# Clients\r\nconnected_clients:3\r\n"))).contains("3 connections");
    }
}
