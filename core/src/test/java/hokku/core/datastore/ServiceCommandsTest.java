package hokku.core.datastore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Access;
import hokku.api.Env;
import hokku.api.EnvKey;
import hokku.api.Service;
import hokku.api.Setting;
import hokku.api.UserError;
import hokku.api.spi.Command;
import hokku.core.command.DatastoreCommands;
import hokku.core.plugin.Derivation;
import hokku.core.state.JsonText;
import hokku.testkit.RecordingContributions;
import hokku.testkit.RecordingSession;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The commands that follow from a datastore.
class ServiceCommandsTest {
    @TempDir
    private Path folder;
    private ServiceHouse house;
    private Map<String, Supplier<? extends Command>> commands;
    private final RecordingContributions contributions = new RecordingContributions();

    @BeforeEach
    void start() throws Exception {
        house = new ServiceHouse(folder);
        Derivation derived = DatastoreCommands.derive(house.datastore, house.services, house.backups, house.apps, house.plugins);
        commands = derived.commands();
        derived.settings().forEach(house.plugins.plugin("datastore-plugin")::setting);
        commands.values().forEach(contributions::command);
    }

    private RecordingSession run(RecordingSession session, String verb, String... words) throws Exception {
        contributions.run(session, "postgres:" + verb, words);
        return session;
    }

    private RecordingSession run(String verb, String... words) throws Exception {
        return run(new RecordingSession(), verb, words);
    }

    private void refused(int exit, String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(UserError.class, error -> {
            assertThat(error.getMessage()).contains(message);
            assertThat(error.exitCode()).as(error.getMessage()).isEqualTo(exit);
        });
    }

    @Test
    void whoeverMayOnlyLookSeesNoPassword() throws Exception {
        Map<String, Access> levels = Map.ofEntries(Map.entry("list", Access.READ), Map.entry("report", Access.READ), Map.entry("exists", Access.READ), Map.entry("links", Access.READ),
                Map.entry("linked", Access.READ), Map.entry("app-links", Access.READ), Map.entry("backup-list", Access.READ),
                Map.entry("backup-schedule-cat", Access.READ), Map.entry("start", Access.OPERATE),
                Map.entry("stop", Access.OPERATE), Map.entry("restart", Access.OPERATE), Map.entry("pause", Access.OPERATE), Map.entry("logs", Access.OPERATE));
        commands.keySet().forEach(name -> assertThat(contributions.parsed(name).access()).as(name)
                .isEqualTo(levels.getOrDefault(name.substring("postgres:".length()), Access.DEPLOY)));
        for (String verb : List.of("backup", "backup-list", "backup-restore", "backup-delete", "backup-verify")) {
            assertThat(contributions.parsed("postgres:" + verb, "db", "--use-iam").access()).as(verb).isEqualTo(Access.ADMIN);
        }
        refused(2, "never the host's", () -> run("create", "net", "--initial-network", "host"));
        assertThat(contributions.parsed("postgres:info", "db", "--status").access()).isEqualTo(Access.READ);
        assertThat(contributions.parsed("postgres:info", "db", "--dsn").access()).isEqualTo(Access.DEPLOY);
        assertThat(contributions.parsed("postgres:info", "db", "--status", "--dsn").access()).isEqualTo(Access.DEPLOY);
    }

    @Test
    void aServiceThatIsNotThereHasTheExitCodeOfAnAppThatIsNotThere() {
        for (String verb : List.of("exists", "info", "links", "start", "stop", "restart", "pause", "connect", "enter", "logs", "export", "import",
                "expose", "unexpose", "destroy")) {
            refused(20, "service none does not exist", () -> run(verb, "none"));
        }
        for (String verb : List.of("linked", "link", "unlink", "promote")) {
            refused(20, "service none does not exist", () -> run(verb, "none", "hello"));
        }
        refused(20, "service none does not exist", () -> run("set", "none", "memory", "64"));
        refused(1, "Please specify a valid name for the service", () -> run("exists"));
        refused(1, "Please specify an app to run the command on", () -> run("link", "none"));
        refused(1, "Service name may only", () -> run("export", "../x"));
    }

    @Test
    void unknownFlagsAndTooManyWordsAreUsageErrors() {
        refused(2, "--colour", () -> run("info", "db", "--colour"));
        refused(2, "--colour", () -> run("link", "db", "hello", "--colour"));
        refused(2, "third", () -> run("link", "db", "hello", "third"));
        refused(2, "other", () -> run("exists", "db", "other"));
    }

    @Test
    void servicesAreListed() throws Exception {
        assertThat(run("list").marked()).containsExactly(" !     There are no Postgres services");
        house.create("db");
        house.create("other");
        run("link", "db", "hello");
        RecordingSession listed = run("list");
        assertThat(listed.marked()).containsExactly("=====> Postgres services");
        assertThat(listed.printed()).isEqualTo("db\nother\n");
        String json = run("list", "--format", "json").printed();
        assertThat(json).contains("\"service\":\"db\"", "\"links\":[\"hello\"]", "\"version\":\"postgres:1\"").doesNotContain(house.get(ServiceHouse.DB).password());
        assertThatThrownBy(() -> run("list", "--format", "yaml")).hasMessageContaining("Format must be");
    }

    @Test
    void aReportTellsOfOneServiceOrOfAllWithoutSecrets() throws Exception {
        Service made = house.create("db");
        house.create("other");

        assertThat(run("report").printed()).contains("Status:").doesNotContain(made.password(), "Dsn");
        assertThat(run("report").marked()).anyMatch(line -> line.contains("db postgres service information"))
                .anyMatch(line -> line.contains("other postgres service information"));
        assertThat(run("report", "db", "--format", "json").documents()).singleElement().asString().contains("status=running").doesNotContain("dsn");
        assertThat(run("report", "--format", "json").documents()).singleElement().asString().contains("db=", "other=");
        assertThat(contributions.parsed("postgres:report").access()).isEqualTo(Access.READ);
        refused(20, "does not exist", () -> run("report", "none"));
    }

    @Test
    void theVersionThatIsSetIsTheOneOfNewServicesAndOfUpgrades() throws Exception {
        run("create", "db");
        assertThat(house.get(ServiceHouse.DB).image()).isEqualTo("postgres:1");
        set("version", "2");
        run("create", "other");
        run("create", "named", "--image-version", "3");
        run("create", "foreign", "--image", "example/postgres");
        run("clone", "db", "copy");
        assertThat(house.services.list(house.datastore)).extracting(Service::image)
                .containsExactly("postgres:1", "postgres:1", "example/postgres:2", "postgres:3", "postgres:2");
        RecordingSession upgraded = run("upgrade", "db");
        assertThat(upgraded.marked()).contains("-----> Upgrading db from postgres:1 to postgres:2");
        assertThat(house.get(ServiceHouse.DB).image()).isEqualTo("postgres:2");
        set("version", "");
        assertThat(run("upgrade", "other").marked()).contains("-----> Upgrading other from postgres:2 to postgres:1");
    }

    private void set(String key, String value) {
        house.apps.setGlobal(house.apps.global().withSetting(house.plugins.registry().settings().get("postgres." + key).value(), value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"17/x", "17:x", "-17", "17 18", "@17", ".17", "17\n", "ä"})
    void aVersionIsTheTagOfAnImage(String text) {
        Setting<?> version = house.plugins.registry().settings().get("postgres.version").value();
        assertThat(version.scope()).isEqualTo(Setting.Scope.GLOBAL);
        assertThatThrownBy(() -> version.parse(text)).isInstanceOf(UserError.class).hasMessageContaining("Use the tag of an image");
        assertThatThrownBy(() -> version.parse("1".repeat(129))).isInstanceOf(UserError.class);
        for (String tag : List.of("17", "17.2-alpine3.20", "_x", "latest", "1".repeat(128))) {
            assertThat(version.parse(tag)).isEqualTo(tag);
        }
    }

    @Test
    void aReportTellsWhatIsSetForTheDatastore() throws Exception {
        house.create("db");
        house.plugins.plugin("further").setting(Setting.text("postgres", "colour").secret());
        set("version", "2");
        set("colour", "green");
        RecordingSession session = run("report", "--global");
        assertThat(session.marked()).containsExactly("=====> Global postgres information");
        assertThat(session.printed()).isEqualTo("""
                       Postgres computed colour:      *******
                       Postgres computed version:     2
                       Postgres global colour:        *******
                       Postgres global version:       2
                """);
        set("version", "");
        assertThat(run("report", "--global", "--format", "json").documents()).singleElement().asString()
                .contains("postgres-computed-version=1", "postgres-global-version=}").doesNotContain("db");
        assertThat(contributions.parsed("postgres:report", "--global").access()).isEqualTo(Access.READ);
        refused(2, "Name a service or give --global, not both", () -> run("report", "db", "--global"));
    }

    @Test
    void infoHasEveryFieldAndAFlagForEach() throws Exception {
        Service made = house.create("db");
        RecordingSession all = run("info", "db");
        assertThat(all.marked()).containsExactly("=====> db postgres service information");
        assertThat(all.printed()).contains("Dsn:                    postgres://:" + made.password() + "@dokku-postgres-db:5050/db", "Accepts connections:    true",
                "Note:                   in memory", "Status:                 running", "Links:                  -", "Exposed ports:          -",
                "Version:                postgres:1", "kB");
        for (String flag : List.of("config-dir", "data-dir", "dsn", "exposed-ports", "id", "internal-ip", "initial-network", "links", "node", "post-create-network",
                "post-start-network", "service-root", "status", "version", "accepts-connections", "size", "note", "config-options", "created")) {
            assertThat(run("info", "db", "--" + flag).printed().lines()).as(flag).hasSize(1);
        }
        assertThat(run("info", "db", "--status").printed()).isEqualTo("running\n");
        assertThat(run("info", "db", "--id").printed().strip()).isEqualTo(house.containers.demand(made));
        Object document = run("info", "db", "--format", "json").documents().getFirst();
        assertThat(new JsonText().write(document)).contains("\"dsn\"", "\"accepts-connections\" : \"true\"");
        refused(2, "one flag only", () -> run("info", "db", "--status", "--dsn"));
        refused(2, "one flag only", () -> run("info", "db", "--dsn", "--format", "json"));
    }

    @Test
    void inASwarmAServiceTellsWhichMachineItIsOn() throws Exception {
        house.create("db");
        assertThat(run("info", "db").printed()).doesNotContain("Node:");
        assertThat(run("info", "db", "--format", "json").documents()).singleElement().asString().doesNotContain("node=");
        assertThat(run("info", "db", "--node").printed()).isEqualTo("-\n");
        house.containers.node("node1");

        assertThat(run("info", "db").printed()).contains("Node:                   node1 (pinned: its data is there)\n");
        assertThat(run("report", "db").printed()).contains("Node:                   node1 (pinned: its data is there)\n");
        assertThat(run("report", "db", "--format", "json").documents()).singleElement().asString().contains("node=node1,");
        assertThat(run("info", "db", "--node").printed()).isEqualTo("node1\n");
        assertThat(run("link", "db", "hello").marked()).contains("       db stays on node1, where its volume is; tasks of hello reach it from every node");
    }

    @Test
    void whatOnlyARunningServiceKnowsIsLeftOutWhileItIsStopped() throws Exception {
        house.create("db");
        run("stop", "db");
        assertThat(run("info", "db").printed()).contains("Accepts connections:    -", "Size:                   -", "Note:                   -");
        run("start", "db");
        house.containers.volume(house.get(ServiceHouse.DB)).fail(Optional.of("out of order"));
        assertThat(run("info", "db", "--accepts-connections").printed()).isEqualTo("false\n");
        assertThat(run("info", "db", "--size").printed()).isEqualTo("-\n");
    }

    @Test
    void aLinkedAppGetsAVariableThatNobodySeesOnTheWay() throws Exception {
        Service made = house.create("db");
        RecordingSession linked = run("link", "db", "hello", "--querystring", "?pool=5&a=%20");
        assertThat(linked.marked()).containsExactly("-----> Setting config vars", "       DATABASE_URL:  *******");
        assertThat(linked.printed()).isEmpty();
        assertThat(house.provided()).containsEntry(EnvKey.of("DATABASE_URL"), "postgres://:" + made.password() + "@dokku-postgres-db:5050/db?pool=5&a=%20");
        assertThat(run("linked", "db", "hello").marked()).containsExactly("-----> Service db is linked to hello");
        assertThat(run("links", "db").printed()).isEqualTo("hello\n");
        assertThat(run("app-links", "hello").printed()).isEqualTo("db\n");
        refused(1, "Already linked as DATABASE_URL", () -> run("link", "db", "hello"));
        refused(1, "Cannot delete linked service", () -> run(new RecordingSession().forced(), "destroy", "db"));
        run("unlink", "db", "hello");
        assertThat(house.provided()).isEmpty();
        refused(1, "Service db is not linked to hello", () -> run("linked", "db", "hello"));
        refused(1, "Not linked to app hello", () -> run("unlink", "db", "hello"));
        refused(1, "Not linked to app hello", () -> run("promote", "db", "hello"));
    }

    @Test
    void anAliasIsWhatTheVariableBeginsWith() throws Exception {
        house.create("db");
        house.create("other");
        run("link", "db", "hello", "-a", "blue_url", "-n");
        assertThat(house.provided()).containsOnlyKeys(EnvKey.of("BLUE_URL"));
        assertThat(house.apps.calls()).containsExactly("change hello without restart");
        run("link", "--no-restart", "true", "other", "hello");
        assertThat(house.provided()).containsOnlyKeys(EnvKey.of("BLUE_URL"), EnvKey.of("DATABASE_URL"));
        assertThat(run("promote", "db", "hello").marked()).contains("       DATABASE_URL:  *******");
        assertThat(house.provided().get(EnvKey.of("DATABASE_URL"))).contains("dokku-postgres-db");
        refused(1, "already promoted as DATABASE_URL", () -> run("promote", "db", "hello"));
        run("unlink", "--no-restart", "db", "hello");
        assertThat(house.apps.calls()).endsWith("change hello without restart");
    }

    @Test
    void whatCannotStandInAnAddressIsNoQueryString() throws Exception {
        house.create("db");
        for (String query : List.of("a b", "a#b", "a\nb", "ä=1", "a=\"")) {
            refused(2, "Invalid query string", () -> run("link", "db", "hello", "-q", query));
        }
        refused(1, "Invalid key name", () -> run("link", "db", "hello", "-a", "1-x"));
        assertThat(house.provided()).isEmpty();
    }

    @Test
    void anExportIsTheDumpAndNothingElse() throws Exception {
        Service made = house.create("db");
        house.put(made, "a");
        RecordingSession exported = run("export", "db");
        assertThat(exported.printed()).isEqualTo("FAKE\na=value\nEND 1\n");
        assertThat(exported.marked()).isEmpty();
        house.create("other");
        run(RecordingSession.withInput(exported.printed()), "import", "other");
        assertThat(run("export", "other").printed()).isEqualTo(exported.printed());
    }

    @Test
    void anExportThatFailsDoesNotLookWhole() throws Exception {
        Service made = house.create("db");
        house.containers.volume(made).fail(Optional.of("disk full"));
        refused(1, "disk full", () -> run("export", "db"));
        run("stop", "db");
        refused(1, "postgres:start db", () -> run("export", "db"));
    }

    @Test
    void anImportThatIsRefusedLeavesTheData() throws Exception {
        Service made = house.create("db");
        house.put(made, "a");
        refused(1, "No data provided on stdin", () -> run("import", "db"));
        refused(1, "no dump", () -> run(RecordingSession.withInput("rubbish"), "import", "db"));
        refused(1, "no dump", () -> run(RecordingSession.withInput("FAKE\na=1\nEND 2\n"), "import", "db"));
        assertThat(house.containers.volume(made).data()).containsOnlyKeys("a");
    }

    @Test
    void theClientAndCommandsGetTheStreamsAndGiveTheirExitCode() throws Exception {
        Service made = house.create("db");
        house.put(made, "a");
        assertThat(run("enter", "db", "get", "a").printed()).isEqualTo("value");
        assertThat(run("connect", "db").exitCode()).isZero();
        house.containers.volume(made).fail(Optional.of("no"));
        assertThat(run("connect", "db").exitCode()).isEqualTo(1);
        run("stop", "db");
        refused(1, "does not run (exited). Start it: postgres:start db", () -> run("connect", "db"));
    }

    @Test
    void logsAreLinesAndTheWordAfterTailMayBeTheService() throws Exception {
        house.create("db");
        assertThat(run("logs", "db").printed()).isEqualTo("accepts connections\n");
        for (String[] words : new String[][] {{"db", "-t"}, {"-t", "db"}, {"db", "--tail", "5"}, {"--tail=5", "db"}, {"db", "-n", "3"}}) {
            assertThat(run("logs", words).printed()).as(List.of(words).toString()).isEqualTo("accepts connections\n");
        }
        refused(2, "number of lines", () -> run("logs", "db", "--num", "-1"));
        refused(2, "number of lines", () -> run("logs", "db", "--tail", "many"));
        run("stop", "db");
        assertThat(run("logs", "db").marked()).containsExactly(" !     Service logs may not be output as service is not running");
    }

    @Test
    void portsAreExposedOnceAndTakenOnesAreRefused() throws Exception {
        Service made = house.create("db");
        house.create("other");
        String former = house.containers.demand(made);
        RecordingSession exposed = run("expose", "db");
        int port = Integer.parseInt(house.get(ServiceHouse.DB).exposed().getFirst());
        assertThat(port).isBetween(20_000, 32_767);
        assertThat(exposed.marked()).contains("-----> Service db exposed on port(s) [container->host]: 5050->" + port);
        assertThat(exposed.marked().getFirst()).contains("Replacing the container of db");
        assertThat(house.containers.demand(made)).isNotEqualTo(former);
        refused(1, "already exposed on port(s) " + port, () -> run("expose", "db"));
        refused(1, "the postgres service db is exposed on it", () -> run("expose", "other", "127.0.0.1:" + port));
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress("127.0.0.1", 0));
            refused(1, "is taken by another program", () -> run("expose", "other", "127.0.0.1:" + taken.getLocalPort()));
        }
        for (String wrong : List.of("0", "65536", "x", "1.2.3.4.5:80", "300.0.0.1:80", ":80", "::1:80", "-5")) {
            refused(2, "", () -> run("expose", "other", wrong));
        }
        refused(2, "1 ports to be exposed need to be provided in the following order: 5050", () -> run("expose", "other", "20001", "20002"));
        assertThat(run("unexpose", "db").marked()).contains("-----> Service db unexposed");
        assertThat(house.get(ServiceHouse.DB).exposed()).isEmpty();
        refused(1, "Service not exposed", () -> run("unexpose", "db"));
    }

    @Test
    void propertiesAreSetAndUnset() throws Exception {
        Service made = house.create("db");
        run("set", "db", "memory", "64");
        run("set", "db", "config-options", "-c max_connections=200");
        run("set", "db", "post-start-network", "a,b");
        run("set", "db", "post-create-network", "c");
        RecordingSession env = run("set", "db", "custom-env", "TOKEN=geheim;B=2");
        assertThat(String.join("\n", env.marked())).doesNotContain("geheim");
        Service set = house.get(ServiceHouse.DB);
        assertThat(set.memory()).isEqualTo(OptionalLong.of(64 << 20));
        assertThat(set.options()).containsExactly("-c", "max_connections=200");
        assertThat(house.containers.options(set)).containsExactly("-c", "max_connections=200");
        assertThat(set.networks()).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(set.env()).isEqualTo(Env.EMPTY.with("TOKEN", "geheim").with("B", "2"));
        assertThat(run("info", "db", "--post-start-network").printed()).isEqualTo("a,b\n");
        assertThat(run("info", "db", "--post-create-network").printed()).isEqualTo("c\n");
        String container = house.containers.demand(made);
        assertThat(run("set", "db", "memory", "64").marked()).contains("       That is so already");
        assertThat(house.containers.demand(made)).isEqualTo(container);
        for (String key : List.of("memory", "config-options", "post-start-network", "post-create-network", "custom-env")) {
            run("set", "db", key);
        }
        assertThat(house.get(ServiceHouse.DB)).isEqualTo(made);
    }

    @Test
    void whatIsNoPropertyIsRefusedAndNotWrittenDown() throws Exception {
        house.create("db");
        refused(2, "valid properties include: config-options", () -> run("set", "db", "geheim", "x"));
        refused(2, "No property specified", () -> run("set", "db"));
        refused(2, "number of megabytes", () -> run("set", "db", "memory", "1"));
        refused(2, "number of megabytes", () -> run("set", "db", "memory", "lots"));
        refused(2, "Invalid network", () -> run("set", "db", "initial-network", "a b"));
        assertThat(contributions.parsed("postgres:set", "db", "geheim", "x").audited()).containsExactly("db");
        assertThat(contributions.parsed("postgres:set", "db", "memory", "64").audited()).containsExactly("db", "memory");
    }

    @Test
    void aChangedServiceThatIsStoppedStaysSo() throws Exception {
        Service made = house.create("db");
        run("stop", "db");
        run("set", "db", "config-options", "-v");
        run("expose", "db");
        assertThat(house.services.state(made)).isEqualTo("missing");
        run("start", "db");
        assertThat(house.containers.options(house.get(ServiceHouse.DB))).containsExactly("-v");
    }

    @Test
    void destroyingAsksForTheName() throws Exception {
        house.create("db");
        refused(1, "Confirmation did not match", () -> run(RecordingSession.withInput("other"), "destroy", "db"));
        assertThat(house.services.exists(house.datastore, ServiceHouse.DB)).isTrue();
        run("destroy", "db", "--force");
        assertThat(house.services.exists(house.datastore, ServiceHouse.DB)).isFalse();
        house.create("db");
        run(RecordingSession.withInput("db".getBytes(StandardCharsets.UTF_8)), "destroy", "db");
        assertThat(house.containers.volumes()).isEmpty();
    }

    @Test
    void aBackupIsMadeAndProvenByCommands() throws Exception {
        Service made = house.create("db");
        house.put(made, "a");
        assertThat(run("backup", "db").marked().getLast()).startsWith("=====> Backup made: " + house.home.backups().resolve("postgres/db/postgres-db-"));
        assertThat(run("backup-list", "db").printed().lines()).hasSize(1);
        assertThat(run("backup-verify", "db").printed()).isEqualTo("keys  1 (now 1)\n");
        assertThat(house.containers.volumes("-scratch")).isEmpty();
        run("backup-schedule", "db", "0", "3", "*", "*", "*", "--timezone", "Europe/Berlin");
        run("backup-set-retention", "db", "3");
        assertThat(run("backup-schedule-cat", "db").printed()).startsWith("0 3 * * * postgres:backup db /").endsWith("(Europe/Berlin)\n");
        run("backup-schedule", "db", "@daily", "s3://bucket/x", "--use-iam");
        assertThat(run("info", "db", "--backup-schedule").printed()).startsWith("@daily ").endsWith("s3://bucket/x\n");
        run("backup-unschedule", "db");
        refused(1, "No backup schedule", () -> run("backup-schedule-cat", "db"));
        refused(1, "Invalid retention", () -> run("backup-set-retention", "db", "0"));
        refused(1, "Invalid signature version", () -> run("backup-auth", "db", "key", "secret", "us-east-1", "s3v2"));
        assertThat(contributions.parsed("postgres:backup-auth", "db", "key", "s3cr3t").audited()).containsExactly("db");
        assertThat(contributions.parsed("postgres:backup-set-encryption", "db", "p4ss").audited()).containsExactly("db");
    }
}
