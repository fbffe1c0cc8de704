package hokku.buildstep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.EnvKey;
import hokku.api.ProcessType;
import hokku.api.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BuildpackReleaseTest {
    private static String web(String yaml) {
        return BuildpackRelease.parse(yaml).processes().get(ProcessType.WEB);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "---\ndefault_process_types:\n  web: bin/run \"a b\" $PORT\n",
            "default_process_types: {web: 'bin/run \"a b\" $PORT'}",
            "{\"default_process_types\": {\"web\": \"bin/run \\\"a b\\\" $PORT\"}}",
            "default_process_types:\n    web: >\n      bin/run \"a b\"\n      $PORT\n",
            "default_process_types:\n    web: |\n      bin/run \"a b\"\n      $PORT\n",
            "--- # as a comment says\ndefault_process_types:\n  web:   bin/run \"a b\" $PORT   # a comment\r\naddons: []\r\n",
    })
    void theFormsOfYamlAreUnderstood(String text) {
        assertThat(web(text)).isEqualTo("bin/run \"a b\" $PORT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "---", "--- {}", "# nothing", "addons: []", "default_process_types:", "default_process_types: {}\nconfig_vars: []"})
    void nothingIsFine(String text) {
        assertThat(BuildpackRelease.parse(text).processes()).isEmpty();
        assertThat(BuildpackRelease.parse(text).profile()).isEmpty();
    }

    @Test
    void theOrderIsKeptAndNumbersAreTexts() {
        BuildpackRelease release = BuildpackRelease.parse("default_process_types:\n  worker: a\n  web: b\n  clock: c\nconfig_vars:\n  B: 5\n  A: true\n");
        assertThat(release.processes().keySet()).extracting(ProcessType::value).containsExactly("worker", "web", "clock");
        assertThat(release.variables()).containsExactly(Map.entry(EnvKey.of("B"), "5"), Map.entry(EnvKey.of("A"), "true"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"just words", "- a", "a: [", "a: b: c", "\tx: 1", "default_process_types: {web: [a]}", "default_process_types: {web: {a: b}}",
            "default_process_types: {web: }", "default_process_types: {'a b': x}", "config_vars: {'A-B': x}", "config_vars: {A: }", "a: *unknown",
            "a: 1\na: 2", "!!java.net.URL [\"http://host\"]", "default_process_types: [web]", "config_vars: A=1"})
    void whatIsNotUnderstoodIsAnErrorOfTheBuildpack(String text) {
        assertThatThrownBy(() -> BuildpackRelease.parse(text)).isInstanceOf(UserError.class);
    }

    @Test
    void aDocumentThatGrowsIsRefused() {
        StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++) {
            text.append("a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n".formatted(i, i, i - 1, i - 1, i - 1, i - 1));
        }
        assertThatThrownBy(() -> BuildpackRelease.parse(text.toString())).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> BuildpackRelease.parse("[".repeat(100_000))).isInstanceOf(UserError.class);
    }

    /// What a shell makes of the lines: a value is never more than a value.
    @ParameterizedTest
    @ValueSource(strings = {"plain", "two words", "it's", "$HOME `id` $(id)", "\"quoted\"", "back\\slash", "a;b&c|d>e", "größe"})
    void aValueReachesTheAppAsItIs(String value) throws Exception {
        String yaml = "config_vars:\n  A: '" + value.replace("'", "''") + "'\n";
        assertThat(shell(BuildpackRelease.parse(yaml).profile() + "printf %s \"$A\"", Map.of())).isEqualTo(value);
        assertThat(shell(BuildpackRelease.parse(yaml).profile() + "printf %s \"$A\"", Map.of("A", "mine"))).isEqualTo("mine");
        assertThat(shell(BuildpackRelease.parse(yaml).profile() + "printf %s \"$A\"", Map.of("A", ""))).isEmpty();
    }

    @Test
    void aSearchPathComesBeforeTheOneThatIsThere() throws Exception {
        String profile = BuildpackRelease.parse("config_vars: {PATH: \"/app/it's/bin\"}").profile();
        assertThat(shell(profile + "printf %s \"$PATH\"", Map.of("PATH", "/usr/bin"))).isEqualTo("/app/it's/bin:/usr/bin");
    }

    private static String shell(String script, Map<String, String> variables) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-eu", "-c", script).redirectErrorStream(true);
        builder.environment().remove("A");
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().putAll(variables);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
