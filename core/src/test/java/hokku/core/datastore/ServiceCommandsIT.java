package hokku.core.datastore;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Identity;
import hokku.core.command.Audit;
import hokku.core.command.DatastoreCommands;
import hokku.core.command.Dispatcher;
import hokku.core.command.GitService;
import hokku.core.manual.Completion;
import hokku.core.plugin.BuiltIn;
import hokku.core.plugin.PluginHost;
import hokku.core.ssh.AuthorizedKeys;
import hokku.core.ssh.SshClient;
import hokku.core.ssh.SshDaemon;
import hokku.core.state.JsonText;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands of a datastore through the real `ssh` program.
class ServiceCommandsIT {
    @TempDir
    private Path folder;
    private ServiceHouse house;
    private PluginHost host;
    private SshDaemon daemon;
    private SshClient admin;
    private SshClient reader;

    @BeforeEach
    void start() throws Exception {
        house = new ServiceHouse(folder);
        JsonText json = new JsonText();
        host = new PluginHost(house.home, folder.resolve("shipped"), Clock.systemUTC(), Duration.ofMinutes(1));
        host.start(new hokku.core.plugin.Services(house.apps, null, null, json, (kind, name) -> List.of(),
                datastore -> DatastoreCommands.derive(datastore, house.services, house.backups, house.apps, host)), List.of(
                        new BuiltIn("core", "1.0.0", "", new Completion(host)),
                        new BuiltIn("postgres", "1.0.0", "", (context, to) -> to.datastore(house.datastore))));
        AuthorizedKeys keys = new AuthorizedKeys(house.home.authorizedKeys());
        Dispatcher dispatcher = new Dispatcher(host, house.apps, new NoGit(), new Audit(house.home.audit(), json, () -> true), json, "1.2.3");
        daemon = new SshDaemon("127.0.0.1", 0, house.home.hostKeys(), keys, dispatcher);
        daemon.start();
        admin = SshClient.create(folder, daemon.port(), "admin");
        keys.add("admin", Access.ADMIN, admin.publicKey());
        reader = SshClient.create(folder, daemon.port(), "reader");
        keys.add("reader", Access.READ, reader.publicKey());
    }

    @AfterEach
    void stop() throws Exception {
        daemon.close();
        host.close();
    }

    private SshClient.Result ok(String... words) throws Exception {
        SshClient.Result result = admin.ssh(words);
        assertThat(result.exit()).as("%s: %s", String.join(" ", words), result).isZero();
        return result;
    }

    @Test
    void aServiceIsMadeLinkedExportedImportedAndDestroyed() throws Exception {
        assertThat(ok("postgres:create", "db", "--password", "'pass word/ä'").out()).contains("=====> Postgres container created: db\n", "Dsn:");
        assertThat(ok("postgres:link", "db", "hello").out()).isEqualTo("-----> Setting config vars\n       DATABASE_URL:  *******\n");
        assertThat(ok("postgres:enter", "db", "put", "a", "1").exit()).isZero();
        SshClient.Result dump = ok("postgres:export", "db");
        assertThat(dump).isEqualTo(new SshClient.Result(0, "FAKE\na=1\nEND 1\n", ""));
        ok("postgres:create", "other");
        assertThat(admin.ssh(dump.out().getBytes(StandardCharsets.UTF_8), "postgres:import", "other").exit()).isZero();
        assertThat(ok("postgres:export", "other").out()).isEqualTo(dump.out());
        assertThat(admin.ssh("postgres:import", "other").err()).contains(" !     No data provided on stdin");
        assertThat(admin.ssh("postgres:destroy", "--force", "db").exit()).isEqualTo(1);
        ok("postgres:unlink", "db", "hello");
        ok("postgres:destroy", "db", "--force");
        assertThat(ok("postgres:list").out()).isEqualTo("=====> Postgres services\nother\n");
        assertThat(Files.readString(house.home.audit())).contains("postgres:link", "\"db\"").doesNotContain("pass word", "DATABASE_URL");
    }

    @Test
    void exitCodesTellWhatIsMissing() throws Exception {
        ok("postgres:create", "db");
        assertThat(admin.ssh("postgres:exists", "none")).isEqualTo(new SshClient.Result(20, "", " !     service none does not exist. See postgres:list\n"));
        assertThat(admin.ssh("postgres:link", "db", "none").exit()).isEqualTo(20);
        assertThat(admin.ssh("postgres:app-links", "none").exit()).isEqualTo(20);
        assertThat(admin.ssh("postgres:linked", "db", "hello").exit()).isEqualTo(1);
        assertThat(admin.ssh("postgres:info", "db", "--colour").exit()).isEqualTo(2);
        assertThat(reader.ssh("postgres:info", "db", "--dsn").exit()).isEqualTo(77);
        assertThat(reader.ssh("postgres:info", "db", "--status").out()).isEqualTo("running\n");
    }

    /// `postgres:set` is about one service, so what is set of all of them has another command.
    @Test
    void theVersionOfNewServicesIsSetForAll() throws Exception {
        assertThat(ok("postgres:set-property", "--help").out()).startsWith("Usage: dokku postgres:set-property --global <property> [<value>]\n")
                .contains("version: version of the image that create and upgrade take without --image-version (initially 1)");
        assertThat(ok("postgres:help").out()).contains("postgres:set-property  ", "postgres:set  ");
        assertThat(ok("postgres:create", "--help").out()).contains("postgres:set-property --global version");
        assertThat(ok("completion", "words").out().lines()).contains("postgres:set-property;;--global --help;version");
        assertThat(ok("postgres:set-property", "--global", "version", "2").out()).isEqualTo("=====> Setting version to 2\n");
        ok("postgres:create", "db");
        assertThat(ok("postgres:info", "db", "--version").out()).isEqualTo("postgres:2\n");
        assertThat(reader.ssh("postgres:report", "--global").out()).contains("Postgres computed version:     2\n");
        assertThat(admin.ssh("postgres:set-property", "--global", "version", "a/b").exit()).isEqualTo(1);
        assertThat(admin.ssh("postgres:set-property", "db", "version", "3").err())
                .isEqualTo(" !     Property can only be specified globally: dokku postgres:set-property --global <property> [<value>]\n");
        assertThat(reader.ssh("postgres:set-property", "--global", "version", "3").exit()).isEqualTo(77);
        assertThat(ok("postgres:set-property", "--global", "version").out()).isEqualTo("=====> Unsetting version\n");
        assertThat(ok("postgres:report", "--global", "--format", "json").out()).contains("\"postgres-computed-version\" : \"1\"");
    }

    @Test
    void everyCommandExplainsItselfByTheDatastoresName() throws Exception {
        String help = ok("postgres:help").out();
        assertThat(help).contains("postgres:create", "Create a Fake service").doesNotContain("{}");
        for (String command : DatastoreCommands.derive(house.datastore, house.services, house.backups, house.apps, host).commands().keySet()) {
            assertThat(ok(command, "--help").out()).as(command).startsWith("Usage: dokku " + command).doesNotContain("{}");
        }
        assertThat(ok("postgres:set", "--help").out()).contains("Usage: dokku postgres:set <service> <property> [<value>]", "memory: Memory limit");
        assertThat(ok("completion", "words").out().lines()).anyMatch(line -> line.startsWith("postgres:link;;"))
                .anyMatch(line -> line.startsWith("postgres:app-links;app;"));
    }

    private static final class NoGit implements GitService {
        @Override
        public int receive(AppName app, Identity by, InputStream in, OutputStream out, OutputStream err) {
            return 1;
        }

        @Override
        public int upload(AppName app, Identity by, InputStream in, OutputStream out, OutputStream err) {
            return 1;
        }
    }
}
