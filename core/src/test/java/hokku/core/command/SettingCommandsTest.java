package hokku.core.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Access;
import hokku.api.App;
import hokku.api.Contributions;
import hokku.api.Global;
import hokku.api.Setting;
import hokku.api.Setting.Scope;
import hokku.api.UserError;
import hokku.api.spi.Report;
import hokku.api.spi.Session;
import hokku.core.plugin.TestPlugins;
import hokku.testkit.FakeApps;
import hokku.testkit.RecordingSession;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SettingCommandsTest {
    private static final Setting<Integer> SIZE = Setting.number("shop", "size", 1, 100).initially(10).help("100% @|red of|@ its size");
    private static final Setting<String> OWNER = Setting.text("shop", "owner").scope(Scope.APP);
    private static final Setting<String> CITY = Setting.text("shop", "city").scope(Scope.GLOBAL);
    private static final Setting<String> TOKEN = Setting.text("shop", "token").secret();

    private final FakeApps apps = new FakeApps();
    private final TestPlugins plugins = new TestPlugins();
    private final Contributions contributions = plugins.plugin("test");

    @BeforeEach
    void contribute() {
        apps.add("hello");
        List.of(SIZE, OWNER, CITY, TOKEN).forEach(contributions::setting);
        contributions.report(new OpenReport());
        contributions.report(new StockReport());
    }

    private SortedMap<String, Supplier<? extends hokku.api.spi.Command>> derived() {
        return SettingCommands.derive(plugins.registry(), apps);
    }

    private RecordingSession run(String name, String... words) throws Exception {
        RecordingSession session = new RecordingSession();
        hokku.api.spi.Command command = parsed(name, words);
        command.app();
        command.run(session);
        return session;
    }

    private hokku.api.spi.Command parsed(String name, String... words) {
        Supplier<? extends hokku.api.spi.Command> supplier = derived().get(name);
        hokku.api.spi.Command command = supplier.get();
        new CommandLine(command).parseArgs(words);
        return command;
    }

    @Test
    void everyGroupWithSettingsOrReportsGetsItsCommands() {
        assertThat(derived().keySet())
                .containsExactly("shop:report", "shop:set", "stock:report");
    }

    @Test
    void aContributedCommandWinsOverTheOneThatWouldFollow() {
        contributions.command(OwnReport::new);
        assertThat(derived().keySet())
                .containsExactly("shop:set", "stock:report");
    }

    @Test
    void theCommandsKnowTheirNames() {
        derived().forEach((name, supplier) -> {
            CommandLine line = new CommandLine(supplier.get());
            assertThat(line.getCommandName()).isEqualTo(name);
            assertThat(line.getUsageMessage()).contains(name);
        });
        assertThat(new CommandLine(parsed("shop:set", "hello")).getUsageMessage())
                .contains("size: 100% @ |red of|@ its size (initially 10)");
    }

    @Test
    void aPropertyIsSetAndUnset() throws Exception {
        assertThat(run("shop:set", "hello", "size", "20").marked()).containsExactly("=====> Setting size to 20");
        assertThat(apps.get("hello").value(SIZE)).contains(20);
        assertThat(run("shop:set", "hello", "size").marked()).containsExactly("=====> Unsetting size");
        assertThat(apps.get("hello").own(SIZE)).isEmpty();
        assertThat(run("shop:set", "hello", "owner", "").marked()).containsExactly("=====> Unsetting owner", "       Nothing has changed");
        assertThat(apps.calls()).containsExactly("change hello without restart", "change hello without restart");
    }

    @Test
    void aPropertyIsSetForTheWholeServer() throws Exception {
        run("shop:set", "--global", "size", "30");
        run("shop:set", "--global", "size", "30");
        assertThat(apps.global().value(SIZE)).contains(30);
        assertThat(apps.get("hello").value(SIZE)).contains(30);
        assertThat(apps.calls()).containsExactly("change global without restart");
    }

    @Test
    void theWordsOfAValueAreJoinedAndMayBeginWithAHyphenOrAnAt() throws Exception {
        run("shop:set", "hello", "owner", "two", "words");
        assertThat(apps.get("hello").value(OWNER)).contains("two words");
        run("shop:set", "hello", "owner", "-x");
        assertThat(apps.get("hello").value(OWNER)).contains("-x");
        run("shop:set", "hello", "owner", "@/etc/hostname");
        assertThat(apps.get("hello").value(OWNER)).contains("@/etc/hostname");
    }

    @Test
    void aSecretValueIsMasked() throws Exception {
        assertThat(run("shop:set", "hello", "token", "hidden").marked()).containsExactly("=====> Setting token to *******");
        assertThat(apps.get("hello").value(TOKEN)).contains("hidden");
        assertThat(run("shop:report", "hello").printed()).doesNotContain("hidden").contains("Shop token:");
        assertThat(run("shop:report", "hello", "--shop-token").printed()).isEqualTo("*******\n");
        assertThat(run("shop:report", "hello", "--format", "json").printed()).doesNotContain("hidden");
        assertThat(parsed("shop:set", "hello", "token", "hidden").audited()).containsExactly("token");
    }

    @Test
    void whatCannotBeSetIsRefusedInDokkusWords() {
        assertThatThrownBy(() -> run("shop:set")).hasMessage("Please specify an app to run the command on");
        assertThatThrownBy(() -> run("shop:set", "hello")).hasMessageStartingWith("No property specified");
        assertThatThrownBy(() -> run("shop:set", "hello", "colour", "red"))
                .hasMessage("Invalid property specified, valid properties include: city, owner, size, token");
        assertThatThrownBy(() -> run("shop:set", "--global", "owner", "x")).hasMessage("Property cannot be specified globally");
        assertThatThrownBy(() -> run("shop:set", "hello", "city", "x")).hasMessage("Property can only be specified globally");
        assertThatThrownBy(() -> run("shop:set", "hello", "size", "1000")).hasMessageContaining("from 1 to 100");
        assertThatThrownBy(() -> run("shop:set", "missing", "size", "1")).hasMessage("App missing does not exist");
        assertThat(apps.calls()).isEmpty();
    }

    @Test
    void settingNeedsTheLevelOfWhatItConcerns() {
        assertThat(parsed("shop:set", "hello", "size", "1").access()).isEqualTo(Access.DEPLOY);
        assertThat(parsed("shop:set", "--global", "size", "1").access()).isEqualTo(Access.ADMIN);
        assertThat(parsed("shop:report", "hello").access()).isEqualTo(Access.READ);
    }

    @Test
    void aReportAlignsItsFieldsBeforeTheSettings() throws Exception {
        run("shop:set", "hello", "size", "20");
        run("shop:set", "--global", "size", "30");
        RecordingSession session = run("shop:report", "hello");
        assertThat(session.marked()).last().isEqualTo("=====> hello shop information");
        assertThat(session.printed()).isEqualTo("""
                       Shop open:                     hello is open
                       Shop computed city:
                       Shop computed owner:
                       Shop computed size:            20
                       Shop computed token:
                       Shop global city:
                       Shop global size:              30
                       Shop global token:
                       Shop owner:
                       Shop size:                     20
                       Shop token:
                """);
    }

    @Test
    void aSortedReportHasTheSettingsAmongItsFields() throws Exception {
        contributions.report(new OrderedReport());
        run("shop:set", "--global", "size", "30");
        assertThat(labels(run("shop:report", "hello"))).containsExactly("Shop computed city", "Shop computed owner", "Shop computed size",
                "Shop computed token", "Shop global city", "Shop global size", "Shop global token", "Shop last", "Shop open", "Shop owner", "Shop size",
                "Shop token");
        assertThat(labels(run("shop:report", "--global"))).containsExactly("Shop branches", "Shop computed city", "Shop computed size",
                "Shop computed token", "Shop global city", "Shop global size", "Shop global token", "Shop last");
        assertThat(run("shop:report", "--global", "--shop-computed-size").printed()).isEqualTo("30\n");
    }

    private static List<String> labels(RecordingSession session) {
        return session.printed().lines().map(line -> line.strip().split(":")[0]).toList();
    }

    @Test
    void theReportOfTheWholeServerHasNoAppsProperties() throws Exception {
        RecordingSession session = run("shop:report", "--global");
        assertThat(session.marked()).containsExactly("=====> Global shop information");
        assertThat(session.printed()).isEqualTo("""
                       Shop branches:                 3
                       Shop computed city:
                       Shop computed size:            10
                       Shop computed token:
                       Shop global city:
                       Shop global size:
                       Shop global token:
                """);
    }

    @Test
    void aFlagSelectsTheBareValue() throws Exception {
        assertThat(run("shop:report", "hello", "--shop-computed-size").printed()).isEqualTo("10\n");
        assertThat(run("shop:report", "--shop-open", "hello").printed()).isEqualTo("hello is open\n");
        assertThat(run("shop:report", "hello", "--shop-size").printed()).isEqualTo("\n");
        assertThat(run("shop:report", "--global", "--shop-branches").printed()).isEqualTo("3\n");
    }

    @Test
    void unclearWordsAreRefusedInDokkusWords() {
        assertThatThrownBy(() -> run("stock:report", "hello", "--stock-x")).hasMessage("Invalid flag passed, valid flags: --stock-a, --stock-b");
        assertThatThrownBy(() -> run("stock:report", "hello", "--stock-a", "--stock-b"))
                .hasMessage("stock:report command allows only a single flag");
        assertThatThrownBy(() -> run("stock:report", "hello", "--stock-a", "--format", "json"))
                .hasMessage("--format flag cannot be specified when specifying an info flag");
        assertThatThrownBy(() -> run("stock:report", "hello", "--format", "xml")).hasMessage("Format must be \"stdout\" or \"json\": \"xml\"");
        assertThatThrownBy(() -> run("stock:report", "hello", "there")).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> run("stock:report", "missing")).hasMessage("App missing does not exist");
    }

    @Test
    void withoutAnAppTheReportIsAboutAll() throws Exception {
        apps.add("another");
        RecordingSession session = run("stock:report");
        assertThat(session.marked()).containsExactly("=====> another stock information", "=====> hello stock information");
        assertThat(run("stock:report", "--stock-a").printed()).isEqualTo("1\n1\n");
        assertThat(run("stock:report", "--format", "json").documents())
                .containsExactly(Map.of("another", Map.of("stock-a", "1", "stock-b", "2"), "hello", Map.of("stock-a", "1", "stock-b", "2")));
        assertThat(run("stock:report", "hello", "--format=json").documents()).containsExactly(Map.of("stock-a", "1", "stock-b", "2"));
    }

    @Test
    void withoutAnyAppTheReportSaysSo() throws Exception {
        RecordingSession session = new RecordingSession();
        TestPlugins stock = new TestPlugins();
        stock.plugin("test").report(new StockReport());
        hokku.api.spi.Command command = SettingCommands.derive(stock.registry(), new FakeApps()).get("stock:report").get();
        new CommandLine(command).parseArgs();
        command.run(session);
        assertThat(session.marked()).containsExactly(" !     You haven't deployed any applications yet");
    }

    @Test
    void aReportThatBreaksIsBlamedOnItsPlugin() {
        contributions.report(new BrokenReport());
        assertThatThrownBy(() -> run("broken:report", "hello")).isInstanceOfSatisfying(PluginFailure.class, failure -> {
            assertThat(failure.plugin()).isEqualTo("test");
            assertThat(failure).hasRootCauseMessage("out of luck");
        });
    }

    private static final class OpenReport implements Report {
        @Override
        public String group() {
            return "shop";
        }

        @Override
        public SequencedMap<String, String> fields(App app) {
            return new LinkedHashMap<>(Map.of("open", app.name() + " is open"));
        }

        @Override
        public SequencedMap<String, String> globalFields(Global global) {
            return new LinkedHashMap<>(Map.of("branches", "3"));
        }
    }

    private static final class OrderedReport implements Report {
        @Override
        public String group() {
            return "shop";
        }

        @Override
        public boolean sorted() {
            return true;
        }

        @Override
        public SequencedMap<String, String> fields(App app) {
            return new LinkedHashMap<>(Map.of("last", "1"));
        }

        @Override
        public SequencedMap<String, String> globalFields(Global global) {
            return new LinkedHashMap<>(Map.of("last", "2"));
        }
    }

    private static final class StockReport implements Report {
        @Override
        public String group() {
            return "stock";
        }

        @Override
        public SequencedMap<String, String> fields(App app) {
            SequencedMap<String, String> fields = new LinkedHashMap<>();
            fields.put("b", "2");
            fields.put("a", "1");
            return fields;
        }
    }

    private static final class BrokenReport implements Report {
        @Override
        public String group() {
            return "broken";
        }

        @Override
        public SequencedMap<String, String> fields(App app) {
            throw new IllegalArgumentException("out of luck");
        }
    }

    @CommandLine.Command(name = "shop:report")
    private static final class OwnReport implements hokku.api.spi.Command {
        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            session.print("own");
        }
    }
}
