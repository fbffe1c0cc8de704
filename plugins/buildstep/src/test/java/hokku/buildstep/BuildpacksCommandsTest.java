package hokku.buildstep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Access;
import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Env;
import hokku.api.Global;
import hokku.api.Release;
import hokku.api.Setting;
import hokku.api.UserError;
import hokku.api.spi.Command;
import hokku.core.command.SettingCommands;
import hokku.core.plugin.BuiltIn;
import hokku.core.plugin.PluginHost;
import hokku.core.plugin.Services;
import hokku.core.plugin.Snapshots;
import hokku.core.state.Home;
import hokku.testkit.FakeApps;
import hokku.testkit.FakeSourceTree;
import hokku.testkit.PlainJson;
import hokku.testkit.RecordingContributions;
import hokku.testkit.RecordingSession;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// The commands `buildpacks:…`.
class BuildpacksCommandsTest {
    private static final String SECRET = "https://joe:secret@host/pack.git?token=secret#v1";
    private static final String SHOWN = "https://host/pack.git?...#v1";

    private final FakeApps apps = new FakeApps();
    private final RecordingContributions contributions = new RecordingContributions();

    private PluginHost host;

    /// The plugin's own commands, and those that the core makes of its setting and its report.
    @BeforeEach
    void contribute(@TempDir Path folder) throws Exception {
        apps.add("hello");
        Home home = new Home(folder);
        home.create();
        host = new PluginHost(home, folder.resolve("shipped"), Clock.systemUTC(), Duration.ofSeconds(1));
        host.start(new Services(apps, null, new PlainJson(), (kind, name) -> List.of()), List.of(new BuiltIn("buildstep", "1", "", (context, to) ->
                BuildstepPlugin.buildpacks(apps, new PlainJson(), to))));
        try (Snapshots.Lease lease = host.lease()) {
            lease.registry().commands().values().forEach(command -> contributions.command(command.value()));
            SettingCommands.derive(lease.registry(), apps).values().forEach(contributions::command);
        }
    }

    @AfterEach
    void close() {
        host.close();
    }

    private RecordingSession run(String name, String... words) throws Exception {
        RecordingSession session = new RecordingSession();
        contributions.run(session, name, words);
        return session;
    }

    /// @param line the words of a command, one blank between
    private RecordingSession runLine(String line) throws Exception {
        List<String> words = List.of(line.split(" "));
        return run(words.getFirst(), words.subList(1, words.size()).toArray(String[]::new));
    }

    private void given(String list) {
        apps.put(apps.get("hello").withSetting(BuildstepSettings.LIST, list));
    }

    private String list() {
        return String.join(" ", apps.get("hello").own(BuildstepSettings.LIST).orElse(List.of()));
    }

    @ParameterizedTest
    @CsvSource({
            "buildpacks:add hello go, '', go",
            "buildpacks:add hello go, java, java go",
            "buildpacks:add --index 1 hello go, java, go java",
            "buildpacks:add hello --index 2 go, java procfile, java go procfile",
            "buildpacks:add hello go --index 3, java procfile, java procfile go",
            "buildpacks:add --index 9 hello go, java, java go",
            "buildpacks:add hello go, go, go go",
            "buildpacks:set hello go, '', go",
            "buildpacks:set hello go, java procfile, go procfile",
            "buildpacks:set --index 2 hello go, java procfile, java go",
            "buildpacks:set --index 3 hello go, java procfile, java procfile go",
            "buildpacks:set --replace hello go, java procfile, go",
            "buildpacks:set --replace hello go procfile java, java, go procfile java",
            "buildpacks:set hello --replace go java, '', go java",
            "buildpacks:remove hello java, java procfile, procfile",
            "buildpacks:remove hello go, java go go, java go",
            "buildpacks:remove --index 2 hello, java go go, java go",
            "buildpacks:remove --index 1 hello, java, ''",
            "buildpacks:clear hello, java go, ''",
            "'buildpacks:add hello https://host/a,b.git', go, 'go https://host/a,b.git'",
            "buildpacks:remove hello gone, gone go, go",
            "buildpacks:set --replace hello go, gone, go",
            "buildpacks:clear hello, gone, ''",
    })
    void theListIsChangedAndNothingElse(String line, String before, String after) throws Exception {
        given(before);
        RecordingSession session = runLine(line);
        assertThat(list()).isEqualTo(after);
        assertThat(apps.calls()).containsExactly("change hello without restart");
        assertThat(session.marked()).hasSize(2).last().asString().isEqualTo(after.isEmpty()
                ? "       None is left: the next deploy of hello detects its buildpack" : "       The next deploy of hello heeds it");
        assertThat(session.printed()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
            "buildpacks:add hello, java, 2, Must specify a buildpack",
            "buildpacks:add hello go java, java, 2, One buildpack is added at a time",
            "buildpacks:add --index -1 hello go, java, 2, Invalid index -1",
            "buildpacks:add --index x hello go, java, 2, ''",
            "buildpacks:add --what hello go, java, 2, ''",
            "buildpacks:add hello nonsense, java, 1, Invalid buildpack specified: \"nonsense\"",
            "buildpacks:add hello https://host/x#--upload-pack=x, java, 1, Invalid buildpack specified",
            "buildpacks:add hello /srv/pack, java, 1, none there may be used",
            "buildpacks:set hello, java, 2, Must specify a buildpack",
            "buildpacks:set hello go java, java, 2, Setting multiple buildpacks requires the --replace flag",
            "buildpacks:set --replace hello, java, 2, Must specify a buildpack",
            "buildpacks:set --replace --index 1 hello go, java, 2, --replace sets the whole list",
            "buildpacks:set --replace hello go nonsense, java, 1, Invalid buildpack specified: \"nonsense\"",
            "buildpacks:remove hello, java, 2, Must specify a buildpack",
            "buildpacks:remove --index 1 hello java, java, 2, 'Please choose either index or Buildpack, but not both'",
            "buildpacks:remove --index 2 hello, java, 1, There is no buildpack at index 2",
            "buildpacks:remove hello go, java, 1, The buildpack go is not set for hello",
            "buildpacks:remove hello java go, java, 2, One buildpack is removed at a time",
            "buildpacks:remove hello go, '', 1, 'No buildpacks were found, next release on hello will detect buildpack normally'",
            "buildpacks:clear hello go, java, 2, ''",
            "buildpacks:list hello go, java, 2, ''",
            "buildpacks:list --format xml hello, java, 1, Format must be",
            "buildpacks:detect --format xml hello, java, 1, Format must be",
            "buildpacks:set-property hello, java, 2, No property specified. Valid properties include: stack",
            "buildpacks:set-property hello list go, java, 1, 'Invalid property specified, valid properties include: stack'",
            "buildpacks:set-property hello stack a b, java, 2, Unexpected argument",
            "buildpacks:set-property hello stack UPPER, java, 1, Invalid value for stack",
            "buildpacks:set-property --global what x, java, 1, 'Invalid property specified, valid properties include: stack'",
    })
    void whatCannotBeChangesNothing(String line, String before, int exit, String message) {
        given(before);
        App app = apps.get("hello");
        assertThatThrownBy(() -> runLine(line)).isInstanceOfSatisfying(UserError.class, error -> {
            assertThat(error.exitCode()).isEqualTo(exit);
            assertThat(error.getMessage()).contains(message);
        });
        assertThat(apps.get("hello")).isEqualTo(app);
        assertThat(apps.calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"buildpacks:set hello java", "buildpacks:set --replace hello java", "buildpacks:set-property hello stack",
            "buildpacks:set-property --global stack"})
    void aChangeThatChangesNothingIsLeftOut(String line) throws Exception {
        given("java");
        assertThat(runLine(line).marked()).endsWith("       Nothing has changed");
        assertThat(apps.calls()).isEmpty();
    }

    @Test
    void aFailedChangeLeavesTheListAsItWas() {
        given("java");
        apps.failWith(new UserError("the disk is full"));
        for (String line : List.of("buildpacks:add hello go", "buildpacks:set hello go", "buildpacks:remove hello java", "buildpacks:clear hello",
                "buildpacks:set-property hello stack debian:trixie-slim", "buildpacks:set-property --global stack debian:trixie-slim")) {
            assertThatThrownBy(() -> runLine(line)).hasMessage("the disk is full");
        }
        assertThat(list()).isEqualTo("java");
        assertThat(apps.get("hello").settings()).hasSize(1);
        assertThat(apps.global().settings()).isEmpty();
    }

    @Test
    void aListIsShownInItsOrder() throws Exception {
        given("java https://host/pack go");
        RecordingSession session = run("buildpacks:list", "hello");
        assertThat(session.marked()).containsExactly("-----> hello buildpack urls");
        assertThat(session.printed()).isEqualTo("       java\n       https://host/pack\n       go\n");
        assertThat(run("buildpacks:list", "--format", "json", "hello").documents()).containsExactly(List.of("java", "https://host/pack", "go"));
        run("buildpacks:clear", "hello");
        assertThat(run("buildpacks:list", "hello").printed()).isEmpty();
        assertThat(run("buildpacks:list", "hello", "--format=json").printed()).isEqualTo("[]\n");
    }

    @Test
    void aStrongerVariableIsMentioned() throws Exception {
        apps.put(apps.get("hello").withEnv(Env.of(Map.of("BUILDPACK_URL", "https://joe:secret@host/x"))));
        assertThat(run("buildpacks:add", "hello", "go").marked()).anyMatch(line -> line.startsWith(" !     The variable BUILDPACK_URL is set"))
                .noneMatch(line -> line.contains("secret"));
    }

    @Test
    void aFolderOfTheServerIsTakenWhereItMayBe() throws Exception {
        apps.setGlobal(Global.EMPTY.withSetting(BuildstepSettings.FOLDER, "/srv/packs"));
        run("buildpacks:add", "hello", "/srv/packs/one");
        assertThat(list()).isEqualTo("/srv/packs/one");
        assertThatThrownBy(() -> run("buildpacks:add", "hello", "/srv/other")).hasMessageContaining("is not in the server's folder");
    }

    /// Stored as it is, since the build needs it; shown nowhere.
    @Test
    void whatIsSecretIsShownNowhere() throws Exception {
        apps.setSource(apps.get("hello").name(), "master", FakeSourceTree.EMPTY);
        StringBuilder said = new StringBuilder();
        for (String line : List.of("buildpacks:add hello " + SECRET, "buildpacks:list hello", "buildpacks:list --format json hello", "buildpacks:detect hello",
                "buildpacks:detect --format json hello", "buildpacks:set --index 2 hello " + SECRET, "buildpacks:remove hello " + SHOWN,
                "buildpacks:remove hello " + SECRET, "buildpacks:set --replace hello " + SECRET)) {
            RecordingSession session = runLine(line);
            said.append(String.join("\n", session.marked())).append(session.printed());
        }
        assertThat(list()).isEqualTo(SECRET);
        said.append(report("hello"));
        apps.put(apps.get("hello").withSetting(BuildstepSettings.LIST, "").withEnv(Env.of(Map.of("BUILDPACK_URL", SECRET))));
        said.append(report("hello"));
        assertThat(said.toString()).contains(SHOWN).doesNotContain("secret");
        assertThatThrownBy(() -> runLine("buildpacks:remove hello https://joe:secret@host/none")).hasMessageNotContaining("secret");
    }

    private String report(String... words) throws Exception {
        return run("buildpacks:report", words).printed();
    }

    @Test
    void theStackIsSetForAnAppAndForTheServer() throws Exception {
        apps.put(deployed(apps.get("hello")));
        RecordingSession session = run("buildpacks:set-property", "hello", "stack", "debian:trixie-slim");
        assertThat(session.marked()).containsExactly("=====> Setting stack to debian:trixie-slim", "       The next deploy of hello heeds it");
        assertThat(Stacks.base(apps.get("hello"))).isEqualTo("debian:trixie-slim");
        assertThat(run("buildpacks:set-property", "--global", "stack", "example/base:1").marked())
                .containsExactly("=====> Setting stack to example/base:1", "       The next deploy of each app heeds it");
        assertThat(Stacks.base(apps.add("other"))).isEqualTo("example/base:1");
        assertThat(run("buildpacks:set-property", "hello", "stack").marked()).first().isEqualTo("=====> Unsetting stack");
        assertThat(Stacks.base(apps.get("hello"))).isEqualTo("example/base:1");
        run("buildpacks:set-property", "--global", "stack", "");
        assertThat(Stacks.base(apps.get("hello"))).isEqualTo("debian:bookworm-slim");
        assertThat(apps.calls()).containsExactly("change hello without restart", "change global without restart", "change hello without restart",
                "change global without restart");
    }

    private static App deployed(App app) {
        return app.withRelease(Optional.of(new Release(app.name(), 1, "sha256:1", "hokku/hello:1", "buildstep", Env.EMPTY, new TreeMap<>(), List.of(),
                true, "c0ffee", Map.of(), Map.of(), "tester", Instant.EPOCH)));
    }

    @Test
    void aReportTellsWhatIsSetAndWhatHolds() throws Exception {
        assertThat(report("--global")).isEqualTo("""
                       Buildpacks computed stack:     debian:bookworm-slim
                       Buildpacks global stack:
                """);
        apps.setGlobal(Global.EMPTY.withSetting(BuildstepSettings.STACK, "example/base:1"));
        given("java https://host/x");
        assertThat(report("hello")).isEqualTo("""
                       Buildpacks computed list:      java,https://host/x
                       Buildpacks computed stack:     example/base:1
                       Buildpacks global stack:       example/base:1
                       Buildpacks list:               java,https://host/x
                       Buildpacks stack:
                """);
        apps.put(apps.get("hello").withSetting(BuildstepSettings.STACK, "debian:trixie-slim").withEnv(Env.of(Map.of("BUILDPACK_URL", "go "))));
        assertThat(report("hello")).isEqualTo("""
                       Buildpacks computed list:      go
                       Buildpacks computed stack:     debian:trixie-slim
                       Buildpacks global stack:       example/base:1
                       Buildpacks list:               java,https://host/x
                       Buildpacks stack:              debian:trixie-slim
                """);
    }

    @Test
    void whatTakesTheSourceIsDetected() throws Exception {
        apps.setSource(apps.get("hello").name(), "master", FakeSourceTree.EMPTY.with("go.mod", "").with("Procfile", "web: x"));
        RecordingSession session = run("buildpacks:detect", "hello");
        assertThat(session.marked()).containsExactly("-----> Buildpacks of hello");
        assertThat(session.printed()).isEqualTo("       go: detected by go.mod\n");
        apps.setSource(apps.get("hello").name(), "next", FakeSourceTree.EMPTY.with("go.mod", "").with("pom.xml", "").with("Dockerfile", ""));
        session = run("buildpacks:detect", "--branch", "next", "hello");
        assertThat(session.marked()).containsExactly("-----> Buildpacks of hello on the branch next",
                "       go would do as well, by go.mod: buildpacks:set hello go chooses it",
                " !     The source has a Dockerfile, which comes before what is only detected. buildpacks:set hello java makes the buildpack come first");
        assertThat(session.printed()).isEqualTo("       java: detected by pom.xml\n");
        assertThat(run("buildpacks:detect", "hello", "--branch", "next", "--format", "json").documents()).containsExactly(Map.of(
                "buildpacks", List.of("java"), "named_by", "", "detected_by", "pom.xml", "others", Map.of("go", "go.mod")));
    }

    @Test
    void whoNamedTheBuildpacksIsSaid() throws Exception {
        apps.setSource(apps.get("hello").name(), "master", FakeSourceTree.EMPTY.with(".buildpacks", "go\nhttps://host/x\n").with("Dockerfile", ""));
        assertThat(run("buildpacks:detect", "hello").printed())
                .isEqualTo("       go: named by the file .buildpacks\n       https://host/x: named by the file .buildpacks\n");
        given("procfile");
        RecordingSession session = run("buildpacks:detect", "hello");
        assertThat(session.printed()).isEqualTo("       procfile: named by buildpacks:set\n");
        assertThat(session.marked()).noneMatch(line -> line.contains("Dockerfile"));
        assertThat(run("buildpacks:detect", "--format", "json", "hello").documents()).containsExactly(Map.of(
                "buildpacks", List.of("procfile"), "named_by", "buildpacks:set", "detected_by", "", "others", Map.of()));
    }

    @Test
    void aBuilderThatWasChosenIsMentioned() throws Exception {
        App app = apps.get("hello");
        apps.setSource(app.name(), "master", FakeSourceTree.EMPTY.with("go.mod", "").with("Dockerfile", ""));
        Setting<String> selected = Setting.text("builder", "selected");
        apps.put(app.withSetting(selected, "dockerfile"));
        assertThat(run("buildpacks:detect", "hello").marked()).last().asString().contains("not built with buildpacks, but by dockerfile");
        apps.put(app.withSetting(selected, "buildstep"));
        assertThat(run("buildpacks:detect", "hello").marked()).noneMatch(line -> line.startsWith(" !"));
    }

    @Test
    void whereNothingIsToBeSeenItIsSaid() {
        assertThatThrownBy(() -> run("buildpacks:detect", "hello")).hasMessageContaining("Nothing of hello is deployed yet");
        assertThatThrownBy(() -> run("buildpacks:detect", "--branch", "next", "hello")).hasMessageContaining("has no branch next");
        apps.setSource(apps.get("hello").name(), "master", FakeSourceTree.EMPTY.with("README", ""));
        assertThatThrownBy(() -> run("buildpacks:detect", "hello")).isInstanceOf(UserError.class)
                .hasMessageContaining("No buildpack takes the source of hello").hasMessageContaining("a go.mod (go)");
    }

    @ParameterizedTest
    @CsvSource({
            "buildpacks:add hello go, DEPLOY, ''", "buildpacks:set hello go, DEPLOY, ''", "buildpacks:remove hello go, DEPLOY, ''",
            "buildpacks:clear hello, DEPLOY, ''", "buildpacks:list hello, READ, ''", "buildpacks:detect hello, READ, ''",
            "buildpacks:set-property hello stack secret, DEPLOY, stack", "buildpacks:set-property --global stack secret, ADMIN, stack",
    })
    void whoMayAndWhatIsRecorded(String line, Access access, String audited) {
        List<String> words = List.of(line.split(" "));
        Command command = contributions.parsed(words.getFirst(), words.subList(1, words.size()).toArray(String[]::new));
        assertThat(command.access()).isEqualTo(access);
        assertThat(String.join(" ", command.audited())).isEqualTo(audited);
        assertThat(command.app().isPresent()).isEqualTo(!line.contains("--global"));
        assertThat(command.appMustExist()).isTrue();
    }

    @Test
    void eachCommandIsDescribed() {
        assertThat(contributions.commands()).hasSize(8);
        contributions.commands().forEach((name, command) -> {
            var usage = new CommandLine(command.get()).getCommandSpec().usageMessage();
            assertThat(usage.description()).as(name).hasSize(1);
            assertThat(usage.customSynopsis()).as(name).allMatch(line -> line.startsWith("dokku " + name + " "));
        });
        var usage = new CommandLine(contributions.commands().get("buildpacks:set-property").get()).getCommandSpec().usageMessage();
        assertThat(usage.customSynopsis()).containsExactly("dokku buildpacks:set-property (<app>|--global) <property> [<value>]");
        assertThat(usage.footer()).contains("  stack: image of Debian's family that apps are built on (initially debian:bookworm-slim)");
    }

    @Test
    void anAppMustBeNamed() {
        contributions.commands().keySet().stream().filter(name -> !name.equals("buildpacks:report")).forEach(name -> assertThatThrownBy(() -> run(name)).as(name).isInstanceOf(UserError.class)
                .hasMessageContaining("Please specify an app to run the command on"));
    }

    /// Kept with the app: a renamed or cloned one has them too.
    @Test
    void whatIsSetIsPartOfTheApp() throws Exception {
        run("buildpacks:add", "hello", SECRET);
        run("buildpacks:set-property", "hello", "stack", "debian:trixie-slim");
        App renamed = apps.get("hello").withName(AppName.of("other"));
        assertThat(renamed.settings()).containsOnlyKeys("buildpacks.list", "buildpacks.stack");
        assertThat(renamed.own(BuildstepSettings.LIST)).contains(List.of(SECRET));
        apps.put(renamed);
        assertThat(report("other", "--buildpacks-list")).isEqualTo(SHOWN + "\n");
        assertThat(report("other", "--buildpacks-stack")).isEqualTo("debian:trixie-slim\n");
    }
}
