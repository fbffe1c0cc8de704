package hokku.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The completions and manual pages of the package, with the programs that use them.
class CommandTextsIT {
    @TempDir
    private Path folder;

    private static Path share() throws IOException {
        try (var stages = Files.newDirectoryStream(Path.of("target"), "hokku-[0-9]*")) {
            for (Path stage : stages) {
                if (Files.isDirectory(stage)) {
                    return stage.resolve("share").toAbsolutePath();
                }
            }
        }
        throw new AssertionError("nothing is packed");
    }

    /// What a program prints, warnings too, when it ends well.
    private static String run(String... words) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true).redirectInput(Path.of("/dev/null").toFile());
        builder.environment().putAll(Map.of("LC_ALL", "C.UTF-8", "MANWIDTH", "80"));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", String.join(" ", words), said).isZero();
        return said;
    }

    private static String page(String path) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(share().resolve(path)))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"man/man1/dokku.1.gz", "man/man8/hokku.8.gz"})
    void aManualPageIsShownWithoutAWarning(String path) throws Exception {
        Path plain = Files.writeString(folder.resolve("page"), page(path));
        assertThat(run("groff", "-man", "-ww", "-z", plain.toString())).isEmpty();
        assertThat(run("man", "--warnings", "-P", "cat", "-l", share().resolve(path).toString())).contains("NAME", "COMMANDS", "SEE ALSO")
                .doesNotContain("warning:");
    }

    @Test
    void theManualTellsOfEveryShippedPlugin() throws Exception {
        assertThat(page("man/man1/dokku.1.gz").lines()).contains(".SS \"apps\"", ".SS \"config\"", ".SS \"nginx\"", ".SS \"builder\\-dockerfile\"",
                ".SS \"builder\\-buildstep\"", ".SS \"buildpacks\"", ".SS \"scheduler\\-docker\\-local\"", ".SS \"doctor\"", ".SS \"postgres\"");
    }

    @Test
    void aPackedPageDependsOnNothingButItsText() throws IOException {
        byte[] packed = Files.readAllBytes(share().resolve("man/man1/dokku.1.gz"));
        assertThat(List.of(packed[3], packed[4], packed[5], packed[6], packed[7])).as("no name, no time").containsOnly((byte) 0);
    }

    @Test
    void theCompletionKnowsTheShippedCommandsWithoutAServer() throws Exception {
        String offered = run("bash", "--norc", "-c", "PATH=/nowhere; source " + share().resolve("bash-completion/completions/dokku")
                + "; COMP_LINE='dokku nginx:'; COMP_POINT=${#COMP_LINE}; _dokku; printf '%s' \"${COMPREPLY[*]}\"");
        assertThat(offered).contains("access-logs", "set", "report").doesNotContain("apps");
    }

    /// Where `:set` is a command of its own, the properties have another one.
    @Test
    void theManualAndTheCompletionKnowWhatSetsTheProperties() throws Exception {
        assertThat(page("man/man1/dokku.1.gz").lines()).contains(".B \"buildpacks:set\\-property (<app>|\\-\\-global) <property> [<value>]\"",
                ".B \"postgres:set\\-property \\-\\-global <property> [<value>]\"", ".B \"redis:set\\-property \\-\\-global <property> [<value>]\"");
        assertThat(Files.readAllLines(share().resolve("bash-completion/completions/dokku"))).contains("buildpacks:set-property;app;--global --help;stack",
                "postgres:set-property;;--global --help;version", "redis:set-property;;--global --help;version");
    }

    @Test
    void theCommandsOfTheHostAreCompleted() throws Exception {
        String script = "source " + share().resolve("bash-completion/completions/hokku") + "; complete -p hokku; ";
        assertThat(run("bash", "--norc", "-c", script + "COMP_WORDS=(hokku sta); COMP_CWORD=1; _hokku; printf '%s ' \"${COMPREPLY[@]}\""))
                .startsWith("complete -F _hokku hokku").endsWith("start status ");
        assertThat(run("bash", "--norc", "-c", script + "COMP_WORDS=(hokku start n); COMP_CWORD=2; _hokku; printf '%s' \"${COMPREPLY[@]}\""))
                .endsWith("nginx");
    }

    @Test
    void zshUnderstandsItsScript() throws Exception {
        String driver = """
                compdef() { print -r "compdef $*"; }
                compadd() { shift $(( ${@[(i)--]} )); print -rn -- "$* "; }
                source "$1"
                words=(dokku ''); CURRENT=2; _dokku; print
                words=(dokku apps:create --); CURRENT=3; _dokku
                """;
        assertThat(run("zsh", "-f", "-c", driver, "zsh", share().resolve("zsh/vendor-completions/_dokku").toString()).lines())
                .satisfiesExactly(first -> assertThat(first).isEqualTo("compdef _dokku dokku"),
                        nouns -> assertThat(nouns).contains(" doctor ", " apps: ", " nginx: ").doesNotContain("apps:create"),
                        flags -> assertThat(flags).contains("--help", "--quiet"));
    }
}
