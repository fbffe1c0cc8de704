package hokku.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Access;
import hokku.api.Env;
import hokku.api.Global;
import hokku.api.UserError;
import hokku.testkit.FakeApps;
import hokku.testkit.FakeContext;
import hokku.testkit.RecordingContributions;
import hokku.testkit.RecordingSession;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvPluginTest {
    private final FakeApps apps = new FakeApps();
    private final RecordingContributions contributions = new RecordingContributions();

    @BeforeEach
    void contribute() {
        apps.add("hello");
        new EnvPlugin().contribute(new FakeContext("env", apps, Path.of("unused")), contributions);
    }

    private RecordingSession run(String name, String... words) throws Exception {
        return run(new RecordingSession(), name, words);
    }

    private RecordingSession run(RecordingSession session, String name, String... words) throws Exception {
        contributions.run(session, name, words);
        return session;
    }

    private Env env() {
        return apps.get("hello").env();
    }

    private void given(Map<String, String> values) {
        apps.put(apps.get("hello").withEnv(Env.of(values)));
    }

    @Test
    void setVariablesAreKeptAndOnlyTheirNamesAreShown() throws Exception {
        RecordingSession session = run("config:set", "hello", "B=two words", "A=secret");
        assertThat(env()).isEqualTo(Env.of(Map.of("A", "secret", "B", "two words")));
        assertThat(session.marked()).containsExactly("-----> Setting config vars", "       A", "       B");
        assertThat(session.printed()).isEmpty();
        assertThat(apps.calls()).containsExactly("change hello");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "'\"`\\", "one\ntwo\r\n", "$HOME $(id)", "größe 日本 🐳", "=", "a=b", "-x", "--global", "@/etc/passwd"})
    void aValueSurvivesTheRoundTripByteForByte(String value) throws Exception {
        run("config:set", "hello", "KEY=" + value);
        assertThat(run("config:get", "hello", "KEY").printed()).isEqualTo(value + "\n");
        String exported = run("config:export", "--format", "envfile", "hello").printed();
        run("config:clear", "hello");
        run(RecordingSession.withInput(exported), "config:import", "hello");
        assertThat(env().get("KEY")).contains(value);
    }

    @Test
    void aValueOf64KibibytesSurvivesTheRoundTrip() throws Exception {
        String value = "é'\n\\ ".repeat(64 * 1024 / 6);
        run("config:set", "hello", "KEY=" + value);
        assertThat(run("config:get", "hello", "KEY").printed()).isEqualTo(value + "\n");
        for (String format : List.of("envfile", "exports", "shell", "docker-args")) {
            String exported = run("config:export", "hello", "--format", format).printed();
            given(Map.of());
            run(RecordingSession.withInput(exported), "config:import", "hello", "-");
            assertThat(env().get("KEY")).contains(value);
        }
        for (String format : List.of("json", "json-list")) {
            String exported = run("config:export", "hello", "--format=" + format).printed();
            given(Map.of());
            run(RecordingSession.withInput(exported), "config:import", "--format", "json", "hello");
            assertThat(env().get("KEY")).contains(value);
        }
    }

    @Test
    void aVariableThatNoProcessCouldGetIsRefused() {
        assertThatThrownBy(() -> run("config:set", "hello", "KEY=" + "x".repeat(128 * 1024))).isInstanceOf(UserError.class)
                .hasMessageContaining("128 KiB").hasMessageNotContaining("xxx");
        assertThat(apps.calls()).isEmpty();
    }

    @Test
    void valuesInBase64AreDecoded() throws Exception {
        run("config:set", "--encoded", "hello", "KEY=" + Base64.getEncoder().encodeToString("ü\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(env().get("KEY")).contains("ü\n");
        assertThatThrownBy(() -> run("config:set", "--encoded", "hello", "KEY=%%%")).hasMessageContaining("KEY is not text in base64");
    }

    @Test
    void nothingIsRestartedWhenNothingChanges() throws Exception {
        given(Map.of("A", "1"));
        run("config:set", "hello", "A=1");
        run("config:unset", "hello", "B");
        run(RecordingSession.withInput("A=1"), "config:import", "--replace", "hello");
        assertThat(apps.calls()).isEmpty();
    }

    @Test
    void noRestartStoresTheChangeOnly() throws Exception {
        run("config:set", "--no-restart", "hello", "A=1");
        run("config:unset", "hello", "A", "--no-restart");
        run("config:set", "hello", "--no-restart", "A=1");
        run("config:clear", "--no-restart", "hello");
        assertThat(apps.calls()).hasSize(4).containsOnly("change hello without restart");
    }

    @Test
    void aFailedRolloutLeavesTheConfigAsItWas() throws Exception {
        given(Map.of("A", "1"));
        apps.failWith(new UserError("the new container is not healthy"));
        assertThatThrownBy(() -> run("config:set", "hello", "A=2")).hasMessage("the new container is not healthy");
        assertThatThrownBy(() -> run("config:clear", "hello")).hasMessage("the new container is not healthy");
        assertThat(env()).isEqualTo(Env.of(Map.of("A", "1")));
    }

    @Test
    void aPairWithoutEqualsIsRefusedWithoutShowingIt() {
        assertThatThrownBy(() -> run("config:set", "hello", "A=my", "secret")).isInstanceOf(UserError.class)
                .hasMessageStartingWith("Invalid env pair: argument 2").hasMessageNotContaining("secret");
        assertThatThrownBy(() -> run("config:set", "hello")).hasMessage("At least one env pair must be given");
        assertThatThrownBy(() -> run("config:unset", "hello")).hasMessage("At least one key must be given");
        assertThatThrownBy(() -> run("config:get", "hello")).hasMessage("Expected: key");
        assertThat(apps.calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"=x", "1A=x", "A-B=x", "A B=x", "A;B=x", "Ä=x", "A\n=x"})
    void aKeyThatNoShellKnowsIsRefusedAndNothingIsSet(String pair) {
        assertThatThrownBy(() -> run("config:set", "hello", "GOOD=1", pair)).isInstanceOf(UserError.class)
                .hasMessageStartingWith("Invalid key name: ");
        assertThat(env().isEmpty()).isTrue();
    }

    @Test
    void aKeyWithEqualsCannotBeUnset() {
        assertThatThrownBy(() -> run("config:unset", "hello", "A=B")).hasMessageStartingWith("Invalid key name: ");
    }

    @Test
    void unsetSaysWhatWasNotThere() throws Exception {
        given(Map.of("A", "1", "C", "3"));
        assertThat(run("config:unset", "hello", "A", "B").marked())
                .containsExactly("-----> Unsetting A", "-----> Skipping B, it is not set in the environment");
        assertThat(env()).isEqualTo(Env.of(Map.of("C", "3")));
    }

    @Test
    void showAlignsTwoColumns() throws Exception {
        given(Map.of("A", "1", "LONGER", "two words"));
        for (String name : List.of("config", "config:show")) {
            RecordingSession session = run(name, "hello");
            assertThat(session.marked()).containsExactly("=====> hello env vars");
            assertThat(session.printed()).isEqualTo("A:       1\nLONGER:  two words\n");
        }
    }

    @Test
    void mergedIncludesWhatTheWholeServerSets() throws Exception {
        apps.setGlobal(Global.EMPTY.withEnv(Env.of(Map.of("A", "global", "G", "global"))));
        given(Map.of("A", "own"));
        assertThat(run("config:keys", "hello").printed()).isEqualTo("A\n");
        assertThat(run("config:show", "--merged", "hello").printed()).isEqualTo("A:  own\nG:  global\n");
        RecordingSession global = run("config", "--global");
        assertThat(global.marked()).containsExactly("=====> global env vars");
        assertThat(global.printed()).isEqualTo("A:  global\nG:  global\n");
    }

    @Test
    void getOfAMissingKeyIsSilentAndFails() throws Exception {
        given(Map.of("A", "it's"));
        RecordingSession session = run("config:get", "hello", "B");
        assertThat(session.exitCode()).isEqualTo(1);
        assertThat(session.printed()).isEmpty();
        assertThat(session.marked()).isEmpty();
        assertThat(run("config:get", "--quoted", "hello", "A").printed()).isEqualTo("'it'\\''s'\n");
    }

    @Test
    void theWholeServersVariablesAreChangedOnTheirOwnRoad() throws Exception {
        run("config:set", "--global", "A=1", "B=2");
        run("config:unset", "--global", "--no-restart", "B");
        assertThat(apps.global().env()).isEqualTo(Env.of(Map.of("A", "1")));
        assertThat(apps.calls()).containsExactly("change global", "change global without restart");
        assertThat(run("config:get", "--global", "A").printed()).isEqualTo("1\n");
    }

    @Test
    void importMergesOrReplaces() throws Exception {
        given(Map.of("OLD", "1"));
        RecordingSession session = run(RecordingSession.withInput("A=1\nexport B='2'\n"), "config:import", "hello");
        assertThat(session.marked()).containsExactly("-----> Setting config vars", "       A", "       B");
        assertThat(env().keys()).extracting(Object::toString).containsExactly("A", "B", "OLD");
        run(RecordingSession.withInput("{\"C\": \"3\", \"N\": 5000, \"T\": true}"), "config:import", "--replace", "--format=json", "hello");
        assertThat(env()).isEqualTo(Env.of(Map.of("C", "3", "N", "5000", "T", "true")));
    }

    @Test
    void importRefusesWhatItCannotRead() {
        given(Map.of("OLD", "1"));
        assertThatThrownBy(() -> run(RecordingSession.withInput(""), "config:import", "--replace", "hello"))
                .hasMessage("No config vars to set");
        assertThatThrownBy(() -> run(RecordingSession.withInput(new byte[] {'A', '=', (byte) 0xff}), "config:import", "hello"))
                .hasMessageContaining("UTF-8");
        assertThatThrownBy(() -> run(RecordingSession.withInput("A=\0"), "config:import", "hello")).hasMessageContaining("NUL");
        assertThatThrownBy(() -> run(RecordingSession.withInput("[1]"), "config:import", "--format", "json", "hello"))
                .isInstanceOf(UserError.class);
        assertThatThrownBy(() -> run(RecordingSession.withInput("{\"A\": 1.5}"), "config:import", "--format", "json", "hello"))
                .hasMessageContaining("The value of A is no text");
        assertThatThrownBy(() -> run("config:import", "hello", "/etc/passwd")).hasMessageContaining("< FILE");
        assertThatThrownBy(() -> run("config:import", "--format", "yaml", "hello")).hasMessageContaining("Unknown import format: yaml");
        assertThat(apps.calls()).isEmpty();
    }

    @Test
    void everyFormatIsWritten() throws Exception {
        given(Map.of("A", "it's", "B", "x"));
        assertThat(export("exports")).isEqualTo("export A='it'\\''s'\nexport B='x'\n");
        assertThat(export("shell")).isEqualTo("A='it'\\''s' B='x'\n");
        assertThat(export("docker-args")).isEqualTo("--env=A='it'\\''s' --env=B='x'\n");
        assertThat(export("docker-args-keys")).isEqualTo("--env=A --env=B\n");
        assertThat(export("pack-keys")).isEqualTo("--env A --env B\n");
        assertThat(export("envfile")).isEqualTo("A=\"it's\"\nB=x\n");
        assertThat(export("pretty")).isEqualTo("A:  it's\nB:  x\n");
        assertThat(export("json")).isEqualTo("{\"A\":\"it's\",\"B\":\"x\"}\n");
        assertThat(export("json-list")).isEqualTo("[{\"name\":\"A\",\"value\":\"it's\"},{\"name\":\"B\",\"value\":\"x\"}]\n");
        assertThatThrownBy(() -> export("xml")).hasMessage("Unknown export format: xml");
    }

    private String export(String format) throws Exception {
        return run("config:export", "hello", "--format", format).printed();
    }

    @Test
    void whoMayOnlyLookSeesNoValues() {
        assertThat(contributions.parsed("config:keys", "hello").access()).isEqualTo(Access.READ);
        for (String name : List.of("config", "config:show", "config:get", "config:export", "config:bundle", "config:set", "config:unset", "config:clear",
                "config:import")) {
            assertThat(contributions.parsed(name, "hello").access()).as(name).isEqualTo(Access.DEPLOY);
        }
        for (String name : List.of("config:set", "config:unset", "config:clear", "config:import")) {
            assertThat(contributions.parsed(name, "--global").access()).as(name).isEqualTo(Access.ADMIN);
        }
    }

    @Test
    void theAuditHearsOfNamesOnly() {
        assertThat(contributions.parsed("config:set", "hello", "A=secret", "B=x=y").audited()).containsExactly("A", "B");
        assertThat(contributions.parsed("config:unset", "hello", "A").audited()).containsExactly("A");
    }

    @Test
    void anAppOrGlobalIsNeeded() {
        for (String name : contributions.commands().keySet()) {
            assertThatThrownBy(() -> run(name)).as(name).isInstanceOf(UserError.class)
                    .hasMessage("Please specify an app to run the command on");
        }
        assertThatThrownBy(() -> run("config:show", "../x")).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> run("config:show", "missing")).hasMessage("App missing does not exist");
    }
}
