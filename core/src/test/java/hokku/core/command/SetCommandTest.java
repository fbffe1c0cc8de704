package hokku.core.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Access;
import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Contributions;
import hokku.api.Env;
import hokku.api.Global;
import hokku.api.Release;
import hokku.api.Setting;
import hokku.api.Setting.Effect;
import hokku.api.Setting.Scope;
import hokku.api.UserError;
import hokku.api.spi.Command;
import hokku.api.spi.Session;
import hokku.core.plugin.TestPlugins;
import hokku.testkit.FakeApps;
import hokku.testkit.RecordingContributions;
import hokku.testkit.RecordingSession;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// What sets properties, as `:set` of a noun that has none of its own, and as `:set-property` of one that has.
class SetCommandTest {
    private static final Setting<Integer> SIZE = setting("size").initially(10);
    private static final Setting<Integer> PACE = setting("pace").effect(Effect.ROLLOUT);
    private static final Setting<Integer> SHELF = setting("shelf").scope(Scope.APP);
    private static final Setting<Integer> BRANCHES = setting("branches").scope(Scope.GLOBAL);
    private static final String KEYS = "branches, pace, shelf, size, token";

    private final FakeApps apps = new FakeApps();
    private final TestPlugins plugins = new TestPlugins();
    private final Contributions contributions = plugins.plugin("test");

    private static Setting<Integer> setting(String key) {
        return Setting.number("shop", key, 1, 100);
    }

    @BeforeEach
    void contribute() {
        apps.add("hello");
        List.of(SIZE, PACE, SHELF, BRANCHES, Setting.number("shop", "token", 1, 100).secret()).forEach(contributions::setting);
    }

    /// The command as the words of a line, one blank between, fill it.
    private Command parsed(String line) {
        if (line.startsWith("shop:set-property") && !plugins.registry().commands().containsKey("shop:set")) {
            plugins.plugin("owner of shop:set").command(OwnSet::new);
        }
        RecordingContributions derived = new RecordingContributions();
        commands().values().forEach(derived::command);
        List<String> words = List.of(line.split(" "));
        return derived.parsed(words.getFirst(), words.subList(1, words.size()).toArray(String[]::new));
    }

    private Map<String, Supplier<? extends Command>> commands() {
        return SettingCommands.derive(plugins.registry(), apps);
    }

    private List<String> run(String line) throws Exception {
        RecordingSession session = new RecordingSession();
        Command command = parsed(line);
        command.app();
        command.run(session);
        assertThat(session.printed()).isEmpty();
        return session.marked();
    }

    private Outline outline(String name) {
        return Outline.of(name, commands().get(name));
    }

    @Test
    void whereSetIsTakenAnotherCommandSetsTheProperties() {
        assertThat(commands()).containsOnlyKeys("shop:report", "shop:set");
        contributions.command(OwnSet::new);
        assertThat(commands()).containsOnlyKeys("shop:report", "shop:set-property");
        contributions.command(OwnSetProperty::new);
        assertThat(commands()).containsOnlyKeys("shop:report");
    }

    @Test
    void helpCompletionAndManualNameTheCommandThatThereIs() {
        Outline usual = outline("shop:set");
        contributions.command(OwnSet::new);
        Outline other = outline("shop:set-property");
        assertThat(usual.synopsis()).isEqualTo("shop:set (<app>|--global) <property> [<value>]");
        assertThat(other.synopsis()).isEqualTo("shop:set-property (<app>|--global) <property> [<value>]");
        assertThat(List.of(other.takesApp(), other.flags(), other.parameters(), other.words(), other.description()))
                .isEqualTo(List.of(usual.takesApp(), usual.flags(), usual.parameters(), usual.words(), usual.description()));
        assertThat(other.words()).extracting(Outline.Word::word).containsExactly("branches", "pace", "shelf", "size", "token");
        assertThat(Invocation.of("shop:set-property", commands().get("shop:set-property").get()).help())
                .startsWith("Usage: dokku shop:set-property (<app>|--global) <property> [<value>]\n").contains("size:  (initially 10)")
                .doesNotContain("shop:set ");
        assertThat(new CommandTree(plugins.registry(), apps).help("shop")).contains("shop:set-property  Set a property", "shop:set           What shops");
    }

    @ParameterizedTest
    @CsvSource({"GLOBAL, --global, false", "APP, <app>, true", "APP_AND_GLOBAL, (<app>|--global), true"})
    void theUsageSaysWhatAllPropertiesAreOf(Scope scope, String target, boolean takesApp) {
        plugins.plugin("stock").setting(Setting.text("stock", "place").scope(scope));
        assertThat(outline("stock:set").synopsis()).isEqualTo("stock:set " + target + " <property> [<value>]");
        assertThat(outline("stock:set").takesApp()).isEqualTo(takesApp);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stock:set", "stock:set place x", "stock:set hello place x", "stock:set service place"})
    void whereNothingIsOfAnAppNoAppIsLookedFor(String line) {
        plugins.plugin("stock").setting(Setting.text("stock", "place").scope(Scope.GLOBAL));
        assertThatThrownBy(() -> run(line)).isInstanceOf(UserError.class)
                .hasMessage("Property can only be specified globally: dokku stock:set --global <property> [<value>]");
        assertThat(apps.calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop:set", "shop:set-property"})
    void aPropertyIsSetForAnAppAndForTheServer(String name) throws Exception {
        deploy();
        assertThat(run(name + " hello size 20")).containsExactly("=====> Setting size to 20", "       The next deploy of hello heeds it");
        assertThat(apps.get("hello").value(SIZE)).contains(20);
        assertThat(run(name + " --global size 30")).containsExactly("=====> Setting size to 30", "       The next deploy of each app heeds it");
        assertThat(apps.add("other").value(SIZE)).contains(30);
        assertThat(run(name + " hello size")).containsExactly("=====> Unsetting size", "       The next deploy of hello heeds it");
        assertThat(apps.get("hello").value(SIZE)).contains(30);
        run(name + " --global size");
        assertThat(apps.get("hello").value(SIZE)).contains(10);
        assertThat(apps.calls()).containsExactly("change hello without restart", "change global without restart", "change hello without restart",
                "change global without restart");
    }

    @Test
    void aChangeThatDoesNotWaitForADeploySaysNothingOfOne() throws Exception {
        assertThat(run("shop:set hello size 20")).as("never deployed").containsExactly("=====> Setting size to 20");
        deploy();
        assertThat(run("shop:set hello pace 20")).containsExactly("=====> Setting pace to 20");
        assertThat(run("shop:set --global pace 20")).containsExactly("=====> Setting pace to 20");
        assertThat(run("shop:set --global branches 20")).as("of no app").containsExactly("=====> Setting branches to 20");
        assertThat(apps.calls()).containsExactly("change hello without restart", "change hello", "change global", "change global without restart");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop:set hello size", "shop:set --global size", "shop:set-property hello size", "shop:set-property --global size",
            "shop:set hello pace 5", "shop:set --global pace 5", "shop:set-property hello pace 5"})
    void aChangeThatChangesNothingIsLeftOut(String line) throws Exception {
        apps.setGlobal(Global.EMPTY.withSetting(PACE, "5"));
        apps.put(apps.get("hello").withSetting(PACE, "5"));
        assertThat(run(line)).hasSize(2).last().isEqualTo("       Nothing has changed");
        assertThat(apps.calls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
            "' hello', 2, 'No property specified. Valid properties include: " + KEYS + "'",
            "' --global', 2, 'No property specified. Valid properties include: " + KEYS + "'",
            "'', 1, Please specify an app to run the command on",
            "' hello what 1', 1, 'Invalid property specified, valid properties include: " + KEYS + "'",
            "' --global what x', 1, 'Invalid property specified, valid properties include: " + KEYS + "'",
            "' hello --what', 1, 'Invalid property specified, valid properties include: " + KEYS + "'",
            "' hello size 20 30', 2, 'Unexpected argument(s): [30]'",
            "' --global size 20 30 40', 2, 'Unexpected argument(s): [30, 40]'",
            "' hello size many of them', 1, 'Invalid value for size: \"many of them\". Use a whole number from 1 to 100'",
            "' hello size 1000', 1, 'Invalid value for size: \"1000\". Use a whole number from 1 to 100'",
            "' --global shelf 1', 1, Property cannot be specified globally",
            "' hello branches 1', 1, Property can only be specified globally",
            "' none size 1', 20, App none does not exist",
    })
    void whatCannotBeChangesNothing(String words, int exit, String message) {
        App app = apps.get("hello");
        for (String name : List.of("shop:set", "shop:set-property")) {
            assertThatThrownBy(() -> run(name + words)).isInstanceOfSatisfying(UserError.class, error -> {
                assertThat(error).hasMessage(message);
                assertThat(error.exitCode()).isEqualTo(exit);
            });
        }
        assertThat(apps.get("hello")).isEqualTo(app);
        assertThat(apps.global()).isEqualTo(Global.EMPTY);
        assertThat(apps.calls()).isEmpty();
    }

    @Test
    void whatIsSecretIsNotSaidWhereItIsRefused() throws Exception {
        assertThatThrownBy(() -> run("shop:set hello token 20 77")).isInstanceOfSatisfying(UserError.class, error -> {
            assertThat(error.getMessage()).doesNotContain("Unexpected");
            assertThat(error.exitCode()).isEqualTo(1);
        });
        assertThat(run("shop:set-property hello token 77")).first().isEqualTo("=====> Setting token to *******");
        assertThat(run("shop:set-property --global token 77")).first().isEqualTo("=====> Setting token to *******");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop:set hello size 5", "shop:set-property hello size 5", "shop:set --global size 5", "shop:set-property --global size 5"})
    void aFailedChangeLeavesWhatWasSet(String line) throws Exception {
        run("shop:set hello size 4");
        run("shop:set --global size 3");
        apps.failWith(new UserError("the disk is full"));
        assertThatThrownBy(() -> run(line)).hasMessage("the disk is full");
        assertThat(apps.get("hello").own(SIZE)).contains(4);
        assertThat(apps.global().value(SIZE)).contains(3);
    }

    @ParameterizedTest
    @CsvSource({"shop:set hello size 20, DEPLOY, size", "shop:set --global size 20, ADMIN, size", "shop:set-property hello token 20, DEPLOY, token",
            "shop:set-property --global token 20, ADMIN, token"})
    void whoMayAndWhatIsRecorded(String line, Access access, String audited) {
        Command command = parsed(line);
        assertThat(command.access()).isEqualTo(access);
        assertThat(command.audited()).containsExactly(audited);
        assertThat(command.app()).isEqualTo(line.contains("--global") ? Optional.empty() : Optional.of(AppName.of("hello")));
        assertThat(command.appMustExist()).isTrue();
    }

    private void deploy() {
        apps.put(apps.get("hello").withRelease(Optional.of(new Release(AppName.of("hello"), 1, "sha256:1", "hokku/hello:1", "dockerfile", Env.EMPTY,
                new TreeMap<>(), List.of(3000), true, "c0ffee", Map.of(), Map.of(), "tester", Instant.EPOCH))));
    }

    @CommandLine.Command(name = "shop:set", description = "What shops have of their own")
    private static final class OwnSet extends Own {}

    @CommandLine.Command(name = "shop:set-property")
    private static final class OwnSetProperty extends Own {}

    private abstract static class Own implements Command {
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
