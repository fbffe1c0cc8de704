package hokku.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.Service;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of the data when a dump is put in its place.
@Timeout(180)
class PostgresImportIT {
    private static final int ROWS = 20_000;
    private static final Duration SOON = RealServices.SOON;

    @TempDir
    private Path folder;
    private RealServices real;

    @BeforeEach
    void open() throws Exception {
        real = new RealServices(folder);
    }

    @AfterEach
    void close() throws Exception {
        real.close();
    }

    @Test
    void anImportReplacesEverythingWhileAppsAreConnected() throws Exception {
        Service service = real.create("db");
        real.sql(service, "ALTER DATABASE db SET search_path = public, extra");
        real.fill(service, ROWS);
        String dumped = real.checksum(service);
        byte[] dump = real.dump(service);
        real.sql(service, "DELETE FROM notes; CREATE TABLE later (n int)");
        try (IdleClient session = new IdleClient(real, service)) {
            assertThat(session).isNotNull();
            real.services.restore(real.postgres, service, new ByteArrayInputStream(dump));
        }
        assertThat(real.checksum(service)).isEqualTo(dumped);
        assertThat(real.sql(service, "SELECT to_regclass('later') IS NULL")).isEqualTo("t");
        assertThat(real.sql(service, "SHOW search_path")).isEqualTo("public, extra");
        assertThat(real.sql(service, "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database")).isEqualTo("db postgres template0 template1");
    }

    @Test
    void whoeverComesDuringAnImportMeetsTheFormerDataOrTheNew() throws Exception {
        Service service = real.create("db");
        real.fill(service, ROWS);
        byte[] dump = real.dump(service);
        real.sql(service, "DELETE FROM notes WHERE id > 10");
        Datastore.Inside inside = real.inside(service);
        CompletableFuture<String> seen = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                seen.complete(inside.text(Datastore.Call.of("sh", "-c", "until [ -e /tmp/enough ]; do psql -X -A -t -h 127.0.0.1 -U postgres -d db"
                        + " -c 'SELECT count(*) FROM notes' 2>&1; done")));
            } catch (InterruptedException | RuntimeException failed) {
                seen.completeExceptionally(failed);
            }
        });
        real.services.restore(real.postgres, service, new ByteArrayInputStream(dump));
        assertThat(real.checksum(service)).startsWith(ROWS + " ");
        inside.text(Datastore.Call.of("touch", "/tmp/enough"));
        List<String> lines = seen.get(SOON.toSeconds(), TimeUnit.SECONDS).lines().distinct().toList();
        assertThat(lines).contains("10").noneMatch(line -> line.contains("does not exist"))
                .allMatch(line -> !line.matches("\\d+") || line.equals("10") || line.equals(String.valueOf(ROWS)));
    }

    @Test
    void anImportOfSomethingElseKeepsTheData() throws Exception {
        Service service = real.create("db");
        real.fill(service, ROWS);
        String before = real.checksum(service);
        assertThatThrownBy(() -> real.services.restore(real.postgres, service, new ByteArrayInputStream("-- PostgreSQL database dump\n".getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(UserError.class).hasMessageContaining("SQL script").hasMessageContaining("pg_dump --format=custom");
        assertThat(real.checksum(service)).isEqualTo(before);
    }

    @Test
    void theServerDiesInTheMiddleOfAnImportAndTheDataIsThere() throws Exception {
        Service service = real.create("db");
        real.fill(service, ROWS);
        byte[] dump = real.dump(service);
        real.sql(service, "INSERT INTO notes SELECT n, 'later' FROM generate_series(1000001, 1000100) n");
        String before = real.checksum(service);
        HeldInput held = new HeldInput(dump);
        Thread importing = Thread.ofVirtual().start(() -> {
            try {
                real.services.restore(real.postgres, service, held);
            } catch (InterruptedException | RuntimeException failed) {
                held.failed.countDown();
            }
        });
        assertThat(held.reached.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        await().atMost(SOON).untilAsserted(() -> assertThat(real.sql(service, "SELECT count(*) FROM pg_database WHERE datname = 'hokku_incoming'")).isEqualTo("1"));
        real.killServer(service);
        held.more.countDown();
        assertThat(held.failed.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        importing.join(SOON);
        real.awaitBack(service, before);
        real.services.restore(real.postgres, service, new ByteArrayInputStream(dump));
        assertThat(real.checksum(service)).startsWith(ROWS + " ");
        assertThat(real.sql(service, "SELECT count(*) FROM pg_database WHERE datname LIKE 'hokku%'")).isEqualTo("0");
    }

    /// Gives half of a dump, and the rest when it is let.
    private static final class HeldInput extends InputStream {
        private final ByteArrayInputStream first;
        private final ByteArrayInputStream second;
        final CountDownLatch reached = new CountDownLatch(1);
        final CountDownLatch more = new CountDownLatch(1);
        final CountDownLatch failed = new CountDownLatch(1);

        HeldInput(byte[] dump) {
            first = new ByteArrayInputStream(dump, 0, dump.length / 2);
            second = new ByteArrayInputStream(dump, dump.length / 2, dump.length);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = first.read(bytes, offset, length);
            if (read >= 0) {
                return read;
            }
            reached.countDown();
            try {
                more.await();
            } catch (InterruptedException cancelled) {
                throw new IOException("cancelled", cancelled);
            }
            return second.read(bytes, offset, length);
        }
    }
}
