package hokku.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.EnvKey;
import hokku.api.Service;
import hokku.api.ServiceName;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import hokku.core.datastore.ServiceLinks;
import hokku.core.datastore.Services;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real PostgreSQL, through the same operations that the commands use.
@Timeout(180)
class PostgresIT {
    private static final int ROWS = 20_000;
    private static final Duration SOON = Duration.ofSeconds(30);

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

    private Services services() {
        return real.services;
    }

    private static ServiceName name(String text) {
        return ServiceName.of(text);
    }

    private String container(Service service) {
        return services().container(service);
    }

    @Test
    void creatingOneTakesHardlyLongerThanTheContainerAlone() throws Exception {
        // Both twice, the faster one counts: the first one of all reads the image from the disk.
        long byHand = Math.min(byHand(), byHand());
        long created = Long.MAX_VALUE;
        for (String each : List.of("first", "second")) {
            long begin = System.nanoTime();
            real.create(each);
            created = Math.min(created, System.nanoTime() - begin);
        }
        long over = TimeUnit.NANOSECONDS.toMillis(created - byHand);
        System.getLogger("PostgresIT").log(System.Logger.Level.INFO, "docker run by hand {0} ms, postgres:create {1} ms",
                TimeUnit.NANOSECONDS.toMillis(byHand), TimeUnit.NANOSECONDS.toMillis(created));
        assertThat(over).isLessThan(1000);
    }

    /// From `docker run` to the first connection.
    private long byHand() throws Exception {
        long begin = System.nanoTime();
        String id = docker("run", "--detach", "--label", "hokku.instance=" + real.engine.instance(), "--env", "POSTGRES_PASSWORD=secret",
                "postgres:" + real.postgres.version());
        try {
            await().pollInterval(Duration.ofMillis(20)).pollDelay(Duration.ZERO).atMost(SOON)
                    .until(() -> run("docker", "exec", id, "pg_isready", "-q", "-h", "127.0.0.1", "-U", "postgres") == 0);
            return System.nanoTime() - begin;
        } finally {
            docker("rm", "--force", "--volumes", id);
        }
    }

    private static int run(String... words) throws Exception {
        return new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }

    private static String docker(String... words) throws Exception {
        List<String> all = new java.util.ArrayList<>(List.of("docker"));
        all.addAll(List.of(words));
        Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void namesAndPasswordsWithSpecialCharactersWork() throws Exception {
        String password = "ä'\"\\ $(id) `id` %41 @:/?#[]!;&|<>~";
        Service service = real.create("a-b_c", each -> each.withPasswords(password, password));
        assertThat(service.database()).isEqualTo("a_b_c");
        assertThat(real.sql(service, "SELECT current_database()")).isEqualTo("a_b_c");
        // psql reads the address itself: what apps get is what the server takes.
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Datastore.Call byAddress = Datastore.Call.of("sh", "-c", "exec psql -X -A -t -w -c 'SELECT 42' \"$ADDRESS\"")
                .with("ADDRESS", real.postgres.address(service, services().address(service), 5432));
        Datastore.Inside.Result result = real.inside(service).run(byAddress, InputStream.nullInputStream(), out);
        assertThat(result).isEqualTo(new Datastore.Inside.Result(0, ""));
        assertThat(out.toString(StandardCharsets.UTF_8).strip()).isEqualTo("42");
        assertThatThrownBy(() -> real.sql(service.withPasswords("wrong", "wrong"), "SELECT 1")).hasMessageContaining("password authentication failed");
    }

    @Test
    void thePasswordIsNowhereThatOthersLook() throws Exception {
        Service service = real.create("db");
        assertThat(docker("inspect", container(service))).doesNotContain(service.password());
        assertThat(docker("top", container(service))).doesNotContain(service.password());
        assertThat(docker("logs", container(service))).doesNotContain(service.password());
        assertThat(real.out.text()).doesNotContain(service.password());
        assertThat(real.inside(service).text(Datastore.Call.of("stat", "--format=%u %a", "/run/secrets/postgres-password"))).isEqualTo("0 400\n");
    }

    @Test
    void servicesNamedLikeTheServersOwnDatabasesWork() throws Exception {
        for (String each : List.of("postgres", "template1", "select")) {
            Service service = real.create(each);
            real.fill(service.withSetting(Service.DATABASE, Client.database(service)), 10);
            byte[] dump = dump(service);
            services().restore(real.postgres, service, new ByteArrayInputStream(dump));
            assertThat(real.checksum(service.withSetting(Service.DATABASE, Client.database(service)))).startsWith("10 ");
        }
    }

    @Test
    void optionsVariablesAndLimitsReachTheServer() throws Exception {
        Service service = real.create("db", each -> each.withOptions(List.of("-c", "max_connections=17"), hokku.api.Env.EMPTY.with("TZ", "Asia/Tokyo"))
                .withLimits(OptionalLong.of(300L << 20), OptionalLong.of(128L << 20)));
        assertThat(real.sql(service, "SHOW max_connections")).isEqualTo("17");
        assertThat(real.inside(service).text(Datastore.Call.of("sh", "-c", "echo $TZ; df -m --output=size /dev/shm | tail -n 1"))).matches("Asia/Tokyo\\s+128\\s+");
        assertThat(docker("inspect", "--format", "{{.HostConfig.Memory}}", container(service))).isEqualTo(Long.toString(300L << 20));
    }

    @Test
    void oneThatCannotStartLeavesNothingAndSaysWhy() {
        assertThatThrownBy(() -> real.create("db", each -> each.withOptions(List.of("-c", "no_such_option=1"), hokku.api.Env.EMPTY)))
                .isInstanceOf(UserError.class).hasMessageContaining("no_such_option");
        assertThat(real.containers()).isEmpty();
        assertThat(real.volumes()).isEmpty();
        assertThat(services().list(real.postgres)).isEmpty();
    }

    @Test
    void anImageThatIsNowhereIsNamed() {
        assertThatThrownBy(() -> services().create(real.postgres, name("db"), new Services.Wish("postgres:999-none", each -> each), real.out))
                .isInstanceOf(UserError.class).hasMessageContaining("postgres:999-none");
    }

    @Test
    void aServerThatDiesComesBackWithItsData() throws Exception {
        Service service = real.create("db");
        real.fill(service, ROWS);
        String before = real.checksum(service);
        killServer(service);
        awaitBack(service, before);
    }

    /// Kills the first process of the container, as the kernel does that is out of memory.
    private void killServer(Service service) throws Exception {
        String pid = docker("inspect", "--format", "{{.State.Pid}}", container(service));
        assertThat(run("kill", "-9", pid)).isZero();
    }

    private void awaitBack(Service service, String checksum) {
        await().atMost(SOON).ignoreExceptions().untilAsserted(() -> assertThat(real.checksum(service)).isEqualTo(checksum));
    }

    @Test
    void itIsStoppedStartedRestartedAndPaused() throws Exception {
        Service service = real.create("db");
        real.fill(service, ROWS);
        String before = real.checksum(service);
        try (Session session = new Session(service)) {
            assertThat(session).isNotNull();
            long begin = System.nanoTime();
            services().stop(real.postgres, service.name());
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
        }
        assertThat(services().state(service)).isEqualTo("exited");
        assertThat(docker("inspect", "--format", "{{.State.ExitCode}}", container(service))).isEqualTo("0");
        assertThatThrownBy(() -> dump(service)).isInstanceOf(UserError.class).hasMessageContaining("postgres:start db");
        services().start(real.postgres, service.name(), real.out);
        assertThat(real.checksum(service)).isEqualTo(before);
        String first = container(service);
        services().restart(real.postgres, service.name(), real.out);
        assertThat(container(service)).isNotEqualTo(first);
        assertThat(real.checksum(service)).isEqualTo(before);
        services().pause(real.postgres, service.name());
        assertThat(services().state(service)).isEqualTo("paused");
        services().start(real.postgres, service.name(), real.out);
        assertThat(real.checksum(service)).isEqualTo(before);
        docker("rm", "--force", container(service));
        services().start(real.postgres, service.name(), real.out);
        assertThat(real.checksum(service)).isEqualTo(before);
    }

    /// A client that is connected and idle.
    private final class Session implements AutoCloseable {
        private final Process psql;

        Session(Service service) throws Exception {
            psql = new ProcessBuilder("docker", "exec", "-i", container(service), "psql", "-X", "-A", "-t", "-U", "postgres", service.database()).start();
            psql.getOutputStream().write("SELECT 'connected';\n".getBytes(StandardCharsets.UTF_8));
            psql.getOutputStream().flush();
            assertThat(psql.inputReader().readLine()).isEqualTo("connected");
        }

        @Override
        public void close() {
            psql.destroyForcibly();
        }
    }

    private byte[] dump(Service service) throws InterruptedException {
        ByteArrayOutputStream dump = new ByteArrayOutputStream();
        services().dump(real.postgres, service, dump);
        return dump.toByteArray();
    }

    private Optional<String> variable(String app, String name) {
        return real.apps.get(app).runtimeEnv().get(EnvKey.of(name));
    }

    @Test
    void anAppIsLinkedAndUnlinked() throws Exception {
        Service service = real.create("my-db");
        real.apps.add("hello");
        EnvKey first = services().links().link(real.postgres, service, AppName.of("hello"), Optional.empty(), "sslmode=disable", Apps.Restart.IF_NEEDED, real.out);
        assertThat(first).isEqualTo(EnvKey.of("DATABASE_URL"));
        assertThat(variable("hello", "DATABASE_URL"))
                .contains("postgres://postgres:" + service.password() + "@dokku-postgres-my-db:5432/my_db?sslmode=disable");
        assertThat(real.scheduler.attached(real.apps.get("hello").id())).containsEntry(container(service), List.of("dokku-postgres-my-db"));
        assertThatThrownBy(() -> services().destroy(real.postgres, service.name())).isInstanceOf(UserError.class)
                .hasMessageContaining("linked").hasMessageContaining("hello");
        assertThat(real.sql(service, "SELECT 1")).isEqualTo("1");
        Service other = real.create("other");
        EnvKey second = services().links().link(real.postgres, other, AppName.of("hello"), Optional.empty(), "", Apps.Restart.IF_NEEDED, real.out);
        assertThat(second.value()).matches("DOKKU_POSTGRES_[A-Z]+_URL");
        services().links().promote(real.postgres, other, AppName.of("hello"), real.out);
        assertThat(variable("hello", "DATABASE_URL").orElseThrow()).contains("@dokku-postgres-other:");
        services().links().unlink(service, AppName.of("hello"), Apps.Restart.IF_NEEDED, real.out);
        services().links().unlink(other, AppName.of("hello"), Apps.Restart.IF_NEEDED, real.out);
        assertThat(real.apps.get("hello").links()).isEmpty();
        assertThat(variable("hello", "DATABASE_URL")).isEmpty();
        assertThat(real.scheduler.attached(real.apps.get("hello").id())).isEmpty();
        assertThatThrownBy(() -> services().links().unlink(service, AppName.of("hello"), Apps.Restart.IF_NEEDED, real.out)).hasMessageContaining("Not linked");
    }

    @Test
    void aRenameKeepsAddressDataAndLinks() throws Exception {
        Service service = real.create("db");
        real.fill(service, 10);
        real.apps.add("hello");
        services().links().link(real.postgres, service, AppName.of("hello"), Optional.empty(), "", Apps.Restart.IF_NEEDED, real.out);
        String address = variable("hello", "DATABASE_URL").orElseThrow();
        Service renamed = services().rename(real.postgres, service.name(), name("data"));
        assertThat(real.postgres.address(renamed, renamed.host(), 5432)).isEqualTo(address);
        assertThat(services().exists(real.postgres, name("db"))).isFalse();
        services().restart(real.postgres, renamed.name(), real.out);
        assertThat(real.checksum(renamed)).startsWith("10 ");
        App app = real.apps.get("hello");
        assertThat(ServiceLinks.find(app, renamed)).isPresent();
        // The old name is free for another service, which gets an address of its own.
        Service another = real.create("db");
        assertThat(another.host()).isNotEqualTo(renamed.host());
        assertThat(real.sql(another, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).isEqualTo("0");
    }

    @Test
    void aCloneHasTheDataAndAPasswordOfItsOwn() throws Exception {
        Service service = real.create("db");
        real.fill(service, ROWS);
        Service copy = services().copy(real.postgres, service.name(), name("copy"), new Services.Wish(service.image(), each -> each), real.out);
        assertThat(copy.password()).isNotEqualTo(service.password());
        assertThat(real.checksum(copy)).isEqualTo(real.checksum(service));
        real.sql(copy, "DELETE FROM notes");
        assertThat(real.checksum(service)).startsWith(ROWS + " ");
    }

    @Test
    void aCloneThatFailsLeavesNothing() throws Exception {
        Service service = real.create("db");
        real.fill(service, 10);
        assertThatThrownBy(() -> services().copy(real.postgres, service.name(), name("copy"), new Services.Wish("postgres:15", each -> each), real.out))
                .isInstanceOf(UserError.class).hasMessageContaining("newer version");
        assertThat(services().exists(real.postgres, name("copy"))).isFalse();
        assertThat(real.containers()).hasSize(1);
        assertThat(real.volumes()).hasSize(1);
    }

    @Test
    void olderDataGoesIntoANewerVersion() throws Exception {
        Service old = services().create(real.postgres, name("old"), new Services.Wish("postgres:15", each -> each), real.out);
        real.fill(old, ROWS);
        Service copy = services().copy(real.postgres, old.name(), name("new"), new Services.Wish("postgres:17", each -> each), real.out);
        assertThat(real.sql(copy, "SHOW server_version")).startsWith("17");
        assertThat(real.checksum(copy)).isEqualTo(real.checksum(old));
    }

    @Test
    void anImportReplacesEverythingWhileAppsAreConnected() throws Exception {
        Service service = real.create("db");
        real.sql(service, "ALTER DATABASE db SET search_path = public, extra");
        real.fill(service, ROWS);
        String dumped = real.checksum(service);
        byte[] dump = dump(service);
        real.sql(service, "DELETE FROM notes; CREATE TABLE later (n int)");
        try (Session session = new Session(service)) {
            assertThat(session).isNotNull();
            services().restore(real.postgres, service, new ByteArrayInputStream(dump));
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
        byte[] dump = dump(service);
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
        services().restore(real.postgres, service, new ByteArrayInputStream(dump));
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
        assertThatThrownBy(() -> services().restore(real.postgres, service, new ByteArrayInputStream("-- PostgreSQL database dump\n".getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(UserError.class).hasMessageContaining("SQL script").hasMessageContaining("pg_dump --format=custom");
        assertThat(real.checksum(service)).isEqualTo(before);
    }

    @Test
    void theServerDiesInTheMiddleOfAnImportAndTheDataIsThere() throws Exception {
        Service service = real.create("db");
        real.fill(service, ROWS);
        byte[] dump = dump(service);
        real.sql(service, "INSERT INTO notes SELECT n, 'later' FROM generate_series(1000001, 1000100) n");
        String before = real.checksum(service);
        HeldInput held = new HeldInput(dump);
        Thread importing = Thread.ofVirtual().start(() -> {
            try {
                services().restore(real.postgres, service, held);
            } catch (InterruptedException | RuntimeException failed) {
                held.failed.countDown();
            }
        });
        assertThat(held.reached.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        await().atMost(SOON).untilAsserted(() -> assertThat(real.sql(service, "SELECT count(*) FROM pg_database WHERE datname = 'hokku_incoming'")).isEqualTo("1"));
        killServer(service);
        held.more.countDown();
        assertThat(held.failed.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        importing.join(SOON);
        awaitBack(service, before);
        services().restore(real.postgres, service, new ByteArrayInputStream(dump));
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

    @Test
    void theFilesOfAServiceAreReadByNobodyElse() throws Exception {
        Service service = real.create("db");
        try (var files = Files.walk(services().folder(service))) {
            assertThat(files.filter(Files::isRegularFile)).isNotEmpty().allSatisfy(file -> assertThat(Files.getPosixFilePermissions(file)).hasSize(2));
        }
    }
}
