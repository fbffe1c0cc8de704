package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Contributions;
import hokku.api.Identity;
import hokku.api.UserError;
import hokku.api.hook.PreStart;
import hokku.core.command.AppCommands;
import hokku.core.command.Audit;
import hokku.core.command.Dispatcher;
import hokku.core.command.EventCommands;
import hokku.core.command.GitService;
import hokku.core.command.LockCommands;
import hokku.core.command.NamingCommands;
import hokku.core.command.ProcessCommands;
import hokku.core.ssh.AuthorizedKeys;
import hokku.core.ssh.SshClient;
import hokku.core.ssh.SshDaemon;
import hokku.core.state.JsonText;
import hokku.testkit.FakeContext;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `apps:rename`, `apps:clone`, `apps:lock` and `events`, through the real `ssh` program.
class AppCommandsIT {
    private static final int DENIED = UserError.NO_PERMISSION;

    @TempDir
    private Path folder;
    private House house;
    private SshDaemon daemon;
    private SshClient admin;
    private SshClient operator;

    @BeforeEach
    void start() throws Exception {
        house = new House(folder.resolve("home"));
        JsonText json = new JsonText();
        Audit audit = new Audit(house.home.audit(), json, () -> house.catalogue.global().value(CoreSettings.EVENTS_RECORDED).orElseThrow());
        Contributions core = house.plugins.plugin("core");
        FakeContext context = new FakeContext("core", house.apps, folder);
        new AppCommands(house.apps, house.deploys).contribute(context, core);
        new ProcessCommands(house.apps, house.deploys).contribute(context, core);
        new NamingCommands(house.apps, house.renames, house.clones, house.plugins).contribute(context, core);
        new LockCommands(house.apps).contribute(context, core);
        new EventCommands(audit, json, house.apps).contribute(context, core);
        AuthorizedKeys keys = new AuthorizedKeys(house.home.authorizedKeys());
        Dispatcher dispatcher = new Dispatcher(house.plugins, house.apps, new NoGit(), audit, json, "1.2.3");
        daemon = new SshDaemon("127.0.0.1", 0, house.home.hostKeys(), keys, dispatcher);
        daemon.start();
        admin = SshClient.create(folder, daemon.port(), "admin");
        keys.add("admin", Access.ADMIN, admin.publicKey());
        operator = SshClient.create(folder, daemon.port(), "operator");
        keys.add("operator", Access.OPERATE, operator.publicKey());
        house.push();
    }

    @AfterEach
    void stop() throws Exception {
        daemon.close();
    }

    private SshClient.Result ok(String... words) throws Exception {
        SshClient.Result result = admin.ssh(words);
        assertThat(result.exit()).as("%s: %s", String.join(" ", words), result).isZero();
        return result;
    }

    private void refused(int exit, String error, String... words) throws Exception {
        SshClient.Result result = admin.ssh(words);
        assertThat(result.exit()).as(result.toString()).isEqualTo(exit);
        assertThat(result.err()).contains(error);
    }

    @Test
    void anAppIsRenamedAndItsContainersGetTheNewName() throws Exception {
        assertThat(ok("apps:rename", "hello", "renamed").out()).contains("-----> Renaming hello to renamed\n",
                "       http://renamed.192.0.2.7.sslip.io\n");
        assertThat(ok("apps:list", "--quiet").out()).isEqualTo("renamed\n");
        AppName name = AppName.of("renamed");
        assertThat(house.scheduler.instances(house.catalogue.get(name).id())).hasSize(1);
        assertThat(house.catalogue.get(name).id()).isNotNull();
        refused(20, "App hello does not exist", "apps:rename", "hello", "other");
        refused(1, "Name is already taken", "apps:rename", "renamed", "renamed");
        refused(1, "App name must begin", "apps:rename", "renamed", "../x");
        refused(2, "Missing required parameter: '<new-app>'", "apps:rename", "renamed");
        assertThat(operator.ssh("apps:rename", "renamed", "other").exit()).isEqualTo(DENIED);
        assertThat(ok("apps:list", "--quiet").out()).isEqualTo("renamed\n");
    }

    @Test
    void withSkipDeployTheContainersStay() throws Exception {
        String deploy = house.instances().getFirst().deploy();
        assertThat(ok("apps:rename", "--skip-deploy", "hello", "renamed").out()).contains("ps:restart renamed");
        assertThat(house.scheduler.instances(house.catalogue.get(AppName.of("renamed")).id()).getFirst().deploy()).isEqualTo(deploy);
    }

    @Test
    void anAppIsRenamedEvenIfItsNewContainersDoNotStart() throws Exception {
        house.hook(PreStart.class, (spec, out) -> {
            throw new UserError("no more containers");
        });
        SshClient.Result result = ok("apps:rename", "hello", "renamed");
        assertThat(result.err()).contains("no more containers", "hello is renamed to renamed, but its containers have the former name");
        assertThat(house.scheduler.instances(house.catalogue.get(AppName.of("renamed")).id())).hasSize(1);
    }

    @Test
    void anAppIsCloned() throws Exception {
        assertThat(ok("apps:clone", "hello", "copy").out()).contains("-----> Cloning hello to copy\n", "       http://copy.192.0.2.7.sslip.io\n");
        assertThat(ok("apps:list", "--quiet").out()).isEqualTo("copy\nhello\n");
        assertThat(house.scheduler.instances(house.catalogue.get(AppName.of("copy")).id())).hasSize(1);
        refused(1, "Name is already taken", "apps:clone", "hello", "copy");
        assertThat(ok("apps:clone", "--ignore-existing", "hello", "copy").err()).isEqualTo(" !     Name is already taken\n");
        assertThat(ok("apps:clone", "--skip-deploy", "hello", "idle").out()).contains("It is stopped. Start it with ps:start idle");
        assertThat(house.scheduler.instances(house.catalogue.get(AppName.of("idle")).id())).isEmpty();
        ok("ps:start", "idle");
        assertThat(house.scheduler.instances(house.catalogue.get(AppName.of("idle")).id())).hasSize(1);
        refused(20, "App missing does not exist", "apps:clone", "missing", "other");
        assertThat(operator.ssh("apps:clone", "hello", "other").exit()).isEqualTo(DENIED);
    }

    @Test
    void aCloneThatDoesNotStartIsNone() throws Exception {
        house.hook(PreStart.class, (spec, out) -> {
            throw new UserError("no more containers");
        });
        refused(1, "no more containers", "apps:clone", "hello", "copy");
        assertThat(ok("apps:list", "--quiet").out()).isEqualTo("hello\n");
        assertThat(house.images.keySet()).containsExactly("hokku-test/hello:1");
    }

    @Test
    void anAuthorizerIsAskedAboutTheNewNameToo() throws Exception {
        house.plugins.plugin("acl").authorizer((identity, command, access, app) -> {
            if (app.filter(AppName.of("forbidden")::equals).isPresent()) {
                throw new UserError(DENIED, "not that one");
            }
        });
        refused(DENIED, "not that one", "apps:rename", "hello", "forbidden");
        refused(DENIED, "not that one", "apps:clone", "hello", "forbidden");
        assertThat(ok("apps:list", "--quiet").out()).isEqualTo("hello\n");
    }

    @Test
    void aLockedAppRefusesRebuildsAndNothingElse() throws Exception {
        assertThat(admin.ssh("apps:locked", "hello")).isEqualTo(new SshClient.Result(1, "", " !     Deploy lock does not exist\n"));
        assertThat(ok("apps:lock", "hello").out()).isEqualTo("-----> Deploy lock created\n");
        assertThat(ok("apps:lock", "hello").out()).isEqualTo("-----> Deploy lock created\n");
        assertThat(operator.ssh("apps:locked", "hello")).isEqualTo(new SshClient.Result(0, "Deploy lock exists\n", ""));
        assertThat(ok("apps:report", "hello", "--app-locked").out()).isEqualTo("true\n");
        ok("ps:restart", "hello");
        assertThat(operator.ssh("apps:unlock", "hello").exit()).isEqualTo(DENIED);
        assertThat(ok("apps:unlock", "hello").out()).isEqualTo("-----> Deploy lock removed\n");
        assertThat(admin.ssh("apps:locked", "hello").exit()).isEqualTo(1);
        for (String command : List.of("apps:lock", "apps:unlock", "apps:locked")) {
            refused(20, "App missing does not exist", command, "missing");
            refused(1, "Please specify an app to run the command on", command);
        }
    }

    @Test
    void eventsTellWhoDidWhatWhen() throws Exception {
        ok("apps:lock", "hello");
        operator.ssh("apps:unlock", "hello");
        ok("apps:clone", "hello", "copy");
        assertThat(ok("events").out().lines()).satisfiesExactly(
                first -> assertThat(first).matches("20\\S+Z admin: apps:lock hello \\(exit 0, \\d+ ms\\)"),
                second -> assertThat(second).matches("20\\S+Z operator: apps:unlock hello \\(exit 77, \\d+ ms\\)"),
                third -> assertThat(third).matches("20\\S+Z admin: apps:clone hello copy \\(exit 0, \\d+ ms\\)"));
        assertThat(ok("events", "-n", "1", "--who", "operator").out()).contains("operator: apps:unlock").hasLineCount(1);
        assertThat(ok("events:list", "copy").out()).isEmpty();
        assertThat(ok("events:list", "hello", "--format", "json").out()).startsWith("[").contains("\"who\" : \"operator\"", "\"exit\" : 77");
        assertThat(operator.ssh("events").exit()).isEqualTo(DENIED);
        refused(1, "Format must be", "events", "--format", "xml");
    }

    @Test
    void eventsAreFollowedAsTheyCome() throws Exception {
        Process follower = new ProcessBuilder(admin.command("dokku", List.of(), "events", "-t", "--who", "operator", "--format", "json")).start();
        StringBuilder seen = new StringBuilder();
        Thread reader = Thread.ofVirtual().start(() -> follower.inputReader(StandardCharsets.UTF_8).lines().forEach(line -> {
            synchronized (seen) {
                seen.append(line).append('\n');
            }
        }));
        try {
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                operator.ssh("apps:locked", "hello");
                ok("apps:exists", "hello");
                synchronized (seen) {
                    assertThat(seen.toString()).contains("\"who\":\"operator\"", "\"command\":\"apps:locked\"").doesNotContain("admin");
                }
            });
        } finally {
            follower.destroyForcibly();
            reader.join();
        }
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(Files.readString(house.home.audit()))
                .contains("\"command\":\"events\",\"exit\":130"));
    }

    @Test
    void eventsAreSwitchedOffAndOnAndThatIsRecorded() throws Exception {
        assertThat(ok("events:off").out()).isEqualTo("-----> Disabling events logger\n");
        ok("apps:lock", "hello");
        house.catalogue.load();
        assertThat(ok("events").err()).contains("Events are not recorded at present. See events:on");
        ok("events:on");
        ok("apps:unlock", "hello");
        assertThat(ok("events:list").out()).contains("events:off", "events:on", "apps:unlock").doesNotContain("apps:lock ");
        for (String command : List.of("events:on", "events:off", "events:list")) {
            assertThat(operator.ssh(command).exit()).isEqualTo(DENIED);
        }
    }

    @Test
    void everyCommandExplainsItself() throws Exception {
        for (String command : List.of("apps:rename", "apps:clone", "apps:lock", "apps:unlock", "apps:locked", "events", "events:list", "events:on",
                "events:off")) {
            assertThat(ok(command, "--help").out()).as(command).startsWith("Usage: dokku " + command);
        }
    }

    private record NoGit() implements GitService {
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
