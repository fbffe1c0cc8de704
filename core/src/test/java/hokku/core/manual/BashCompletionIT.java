package hokku.core.manual;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.core.command.Outline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The completion in a real bash, with a `dokku` that answers as a server would.
class BashCompletionIT {
    private static final String SERVER = """
            apps:create;app;--help;
            apps:list;;--format=stdout|json --help;
            completion;;--help;bash zsh words
            config;app;--help;
            config:set;app;--help --no-restart;
            freeze:status;;--help;
            help;;;
            logs;app;--help --num= --tail -t;
            nginx:set;app;--global --help;client-max-body-size proxy-buffering
            run;app;--help;
            @hello
            @help-desk
            @other""";

    @TempDir
    private Path folder;
    private Path calls;

    @BeforeEach
    void write() throws IOException {
        calls = Files.createFile(folder.resolve("calls"));
        Files.writeString(folder.resolve("dokku.bash"), Completion.bash(List.of(
                new Outline("apps:create", "", "apps:create <app>", true, List.of(), List.of(), List.of()))));
        Files.writeString(folder.resolve("answer"), SERVER);
        program("dokku", "echo \"$*\" >>" + calls + "; cat " + folder.resolve("answer"));
    }

    private void program(String name, String line) throws IOException {
        Path file = Files.writeString(Files.createDirectories(folder.resolve("bin")).resolve(name), "#!/bin/sh\n" + line + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /// What bash would offer for each of the lines: what comes after the last colon, with the blank that ends a word.
    private List<String> offered(String before, String... lines) throws Exception {
        String driver = """
                set -u
                %s
                source %s/dokku.bash
                offer() {
                  COMP_LINE=$1 COMP_POINT=${#1}
                  $(complete -p dokku | sed 's/.*-F \\([^ ]*\\).*/\\1/') dokku '' '' 2>&1
                  printf '%%s\\n' "${COMPREPLY[@]+"${COMPREPLY[@]}"}"
                }
                for line; do offer "$line"; done
                """.formatted(before, folder);
        Process bash = new ProcessBuilder(Stream.concat(Stream.of("bash", "--norc", "-c", driver, "driver"), Stream.of(lines)).toList())
                .redirectErrorStream(true).start();
        try {
            bash.getOutputStream().close();
            String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(bash.waitFor()).as(said).isZero();
            return said.lines().filter(line -> !line.isEmpty()).toList();
        } finally {
            bash.destroyForcibly();
        }
    }

    private List<String> complete(String... lines) throws Exception {
        return offered("PATH=" + folder.resolve("bin") + ":$PATH", lines);
    }

    @Test
    void nounsComeFirstAndThenTheirVerbs() throws Exception {
        assertThat(complete("dokku ")).containsExactly("apps:", "completion ", "config ", "config:", "freeze:", "help ", "logs ", "nginx:", "run ");
        assertThat(complete("dokku co")).containsExactly("completion ", "config ", "config:");
        assertThat(complete("dokku apps:")).as("what is after the colon: bash takes it for the end of a word").containsExactly("create ", "list ");
        assertThat(complete("dokku --quiet apps:l")).containsExactly("list ");
    }

    @Test
    void theCommandsOfAddedPluginsAreThere() throws Exception {
        assertThat(complete("dokku fr", "dokku freeze:")).containsExactly("freeze:", "status ");
    }

    @Test
    void appsComeWhereACommandTakesOne() throws Exception {
        assertThat(complete("dokku logs ")).containsExactly("hello ", "help-desk ", "other ");
        assertThat(complete("dokku logs -t --num 5 hel")).containsExactly("hello ", "help-desk ");
        assertThat(complete("dokku --app o")).containsExactly("other ");
        assertThat(complete("dokku logs hello ", "dokku apps:list ", "dokku logs --num ")).isEmpty();
    }

    @Test
    void flagsComeAfterAHyphenAndTheirValuesAfterThem() throws Exception {
        assertThat(complete("dokku config:set hello --n")).containsExactly("--no-restart ");
        assertThat(complete("dokku apps:list --format ")).containsExactly("stdout ", "json ");
        assertThat(complete("dokku --q")).containsExactly("--quiet ");
    }

    @Test
    void propertiesComeAfterTheAppOrGlobal() throws Exception {
        assertThat(complete("dokku nginx:set hello c")).containsExactly("client-max-body-size ");
        assertThat(complete("dokku nginx:set --global p")).containsExactly("proxy-buffering ");
        assertThat(complete("dokku completion z")).containsExactly("zsh ");
        assertThat(complete("dokku help fr")).containsExactly("freeze:");
    }

    @Test
    void theServerIsAskedOnceInAWhile() throws Exception {
        complete("dokku ", "dokku logs ", "dokku apps:");
        assertThat(calls).hasContent("completion words");
    }

    @Test
    void aServerThatDoesNotAnswerLeavesTheCommandsThatWereShipped() throws Exception {
        program("dokku", "echo ' !     Is the server running?' >&2; exit 255");
        assertThat(complete("dokku ", "dokku apps:")).containsExactly("apps:", "create ");
        assertThat(complete("dokku apps:create ")).isEmpty();
    }

    @Test
    void anAliasForAnotherMachineCompletesWhatThatMachineHas() throws Exception {
        program("ssh", "echo \"ssh $*\" >>" + calls + "; echo 'remote:only;;;'; echo @far");
        assertThat(offered("PATH=" + folder.resolve("bin") + ":$PATH; shopt -s expand_aliases; alias far='ssh dokku@far'", "far "))
                .containsExactly("remote:");
        assertThat(calls).hasContent("ssh dokku@far completion words");
    }
}
