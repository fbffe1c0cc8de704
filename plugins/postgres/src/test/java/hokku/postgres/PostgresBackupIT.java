package hokku.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.Service;
import hokku.api.ServiceName;
import hokku.api.UserError;
import hokku.core.datastore.backup.Backups;
import hokku.core.datastore.backup.S3Access;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Backups of a real database in a store that a server of the test keeps.
@Timeout(600)
class PostgresBackupIT {
    private static final ServiceName DB = ServiceName.of("db");
    private static final Optional<String> PLACE = Optional.of("s3://backups/databases");

    @TempDir
    private Path folder;
    private RealServices real;
    private S3Proxy store;
    private Refusing door;

    @BeforeEach
    void build() throws Exception {
        real = new RealServices(folder);
        BlobStore kept = BlobStores.create("transient-nio2", new Properties());
        kept.createContainer("backups");
        store = S3Proxy.builder().blobStore(kept).endpoint(URI.create("http://127.0.0.1:0")).awsAuthentication(AuthenticationType.AWS_V4, "key", "secret").build();
        store.start();
        door = new Refusing(store.getPort());
    }

    @AfterEach
    void end() throws Exception {
        door.close();
        store.stop();
        real.close();
    }

    private List<String> names(Optional<String> place) throws InterruptedException {
        return real.backups.list(real.postgres, DB, place, false, real.out).stream().map(each -> each.backup().file()).toList();
    }

    @Test
    void theScheduleKeepsThreeThoughTheServerRefusesTwiceAndTheNewestRestores() throws Exception {
        Service db = real.create("db");
        real.fill(db, 200_000);
        real.backups.settings().authorize(real.postgres, DB, new S3Access("key", "secret", "us-east-1", "http://127.0.0.1:" + door.port(), false));
        real.backups.settings().encrypt(real.postgres, DB, "a passphrase");
        real.backups.settings().retain(real.postgres, DB, OptionalInt.of(3));
        real.backups.settings().schedule(real.postgres, DB, "0 3 * * *", ZoneOffset.UTC, PLACE, false);
        LocalDate day = LocalDate.ofInstant(real.clock.instant(), ZoneOffset.UTC);
        for (int i = 1; i <= 4; i++) {
            real.sql(db, "INSERT INTO notes VALUES (-" + i + ", 'day " + i + "')");
            door.refuse(2);
            real.clock.set(day.plusDays(i).atTime(3, 0).toInstant(ZoneOffset.UTC));
            real.schedule.run();
            assertThat(real.backups.settings().info(db).get("backup-failure")).isEqualTo("-");
            assertThat(door.refusesNoMore()).isTrue();
        }
        String newest = "postgres-db-" + day.plusDays(4).toString().replace("-", "") + "T030000Z.dump.gpg";
        assertThat(names(PLACE)).hasSize(3).first().isEqualTo(newest);
        String checksum = real.checksum(db);
        real.sql(db, "DELETE FROM notes WHERE id > 100");
        Backups.Proof proof = real.backups.prove(real.postgres, DB, Backups.NEWEST, Optional.empty(), false, Optional.empty(), real.out);
        assertThat(proof.restored().values()).containsExactly(200_004L);
        assertThat(proof.now().orElseThrow().values()).containsExactly(104L);
        assertThat(real.containers()).hasSize(1);
        assertThat(real.volumes()).hasSize(1);
        real.backups.restore(real.postgres, DB, Backups.NEWEST, Optional.empty(), false, Optional.empty(), real.out);
        assertThat(real.checksum(db)).isEqualTo(checksum);
    }

    @Test
    void aDatabaseThatIsKilledInTheMiddleLeavesNoBackup() throws Exception {
        Service db = real.create("db");
        real.fill(db, 1_000_000);
        Path usual = folder.resolve("backups/postgres/db");
        CompletableFuture<Backups.Found> made = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                made.complete(real.backups.make(real.postgres, DB, Optional.empty(), false, real.out));
            } catch (Exception failed) {
                made.completeExceptionally(failed);
            }
        });
        await().pollInterval(Duration.ofMillis(2)).pollDelay(Duration.ZERO).atMost(Duration.ofSeconds(30)).until(() -> begun(usual));
        real.engine.client().killContainerCmd(real.services.container(db)).exec();
        assertThatThrownBy(made::get).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(UserError.class);
        try (Stream<Path> left = Files.list(usual)) {
            assertThat(left).isEmpty();
        }
        assertThat(real.backups.settings().info(db).get("backup-failure")).isNotEqualTo("-");
    }

    private static boolean begun(Path usual) throws IOException {
        if (!Files.isDirectory(usual)) {
            return false;
        }
        try (Stream<Path> files = Files.list(usual)) {
            for (Path file : files.toList()) {
                if (Files.exists(file) && Files.size(file) > 0) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Leads to the store, and closes as many connections as it is told to.
    private static final class Refusing implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final AtomicInteger left = new AtomicInteger();
        private final Set<Socket> open = ConcurrentHashMap.newKeySet();

        private Refusing(int port) throws IOException {
            Thread.ofVirtual().name("door").start(() -> {
                while (!server.isClosed()) {
                    try {
                        Socket client = server.accept();
                        if (left.getAndDecrement() > 0) {
                            client.close();
                        } else {
                            Socket to = new Socket(InetAddress.getLoopbackAddress(), port);
                            open.add(client);
                            pass(client, to);
                            pass(to, client);
                        }
                    } catch (IOException closed) {
                        // The end of the test, or of a connection.
                    }
                }
            });
        }

        private static void pass(Socket from, Socket to) {
            Thread.ofVirtual().name("door").start(() -> {
                try (from; to) {
                    from.getInputStream().transferTo(to.getOutputStream());
                } catch (IOException ended) {
                    // As connections do.
                }
            });
        }

        private int port() {
            return server.getLocalPort();
        }

        /// Connections that are open end too: a client would go on using them.
        private void refuse(int times) throws IOException {
            left.set(times);
            for (Socket each : open) {
                each.close();
            }
            open.clear();
        }

        private boolean refusesNoMore() {
            return left.get() <= 0;
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
