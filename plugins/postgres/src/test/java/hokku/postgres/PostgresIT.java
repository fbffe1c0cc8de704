package hokku.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.EnvKey;
import hokku.api.Service;
import hokku.api.ServiceName;
import hokku.api.Setting;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import hokku.core.command.DatastoreCommands;
import hokku.core.datastore.ServiceLinks;
import hokku.core.datastore.Services;
import hokku.core.plugin.Derivation;
import hokku.testkit.RecordingContributions;
import hokku.testkit.RecordingSession;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real PostgreSQL, through the same operations that the commands use.
@Timeout(180)
class PostgresIT {
    private static final int ROWS = 20_000;

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

    private static String docker(String... words) throws Exception {
        List<String> all = new java.util.ArrayList<>(List.of("docker"));
        all.addAll(List.of(words));
        Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void theVersionThatIsSetIsTheOneThatRuns() throws Exception {
        Derivation derived = DatastoreCommands.derive(real.postgres, services(), real.backups, real.apps, real.plugins);
        RecordingContributions commands = new RecordingContributions();
        derived.commands().values().forEach(commands::command);
        String other = real.postgres.version() + "-" + real.engine.instance();
        real.engine.client().tagImageCmd("postgres:" + real.postgres.version(), "postgres", other).exec();
        try {
            Setting<?> version = derived.settings().getFirst();
            real.apps.setGlobal(real.apps.global().withSetting(version, other));
            commands.run(new RecordingSession(), "postgres:create", "db");
            assertThat(imageInUse("db")).isEqualTo("postgres:" + other);
            real.fill(real.get("db"), 10);
            String checksum = real.checksum(real.get("db"));
            real.apps.setGlobal(real.apps.global().withSetting(version, ""));
            commands.run(new RecordingSession(), "postgres:upgrade", "db");
            assertThat(imageInUse("db")).isEqualTo("postgres:" + real.postgres.version());
            assertThat(real.checksum(real.get("db"))).isEqualTo(checksum);
        } finally {
            real.engine.client().removeImageCmd("postgres:" + other).exec();
        }
    }

    private String imageInUse(String service) {
        return real.engine.client().inspectContainerCmd(container(real.get(service))).exec().getConfig().getImage();
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
            byte[] dump = real.dump(service);
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
        real.killServer(service);
        real.awaitBack(service, before);
    }

    @Test
    void itIsStoppedStartedRestartedAndPaused() throws Exception {
        Service service = real.create("db");
        real.fill(service, ROWS);
        String before = real.checksum(service);
        try (IdleClient session = new IdleClient(real, service)) {
            assertThat(session).isNotNull();
            long begin = System.nanoTime();
            services().stop(real.postgres, service.name());
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
        }
        assertThat(services().state(service)).isEqualTo("exited");
        assertThat(docker("inspect", "--format", "{{.State.ExitCode}}", container(service))).isEqualTo("0");
        assertThatThrownBy(() -> real.dump(service)).isInstanceOf(UserError.class).hasMessageContaining("postgres:start db");
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
    void theFilesOfAServiceAreReadByNobodyElse() throws Exception {
        Service service = real.create("db");
        try (var files = Files.walk(services().folder(service))) {
            assertThat(files.filter(Files::isRegularFile)).isNotEmpty().allSatisfy(file -> assertThat(Files.getPosixFilePermissions(file)).hasSize(2));
        }
    }
}
