package hokku.core.command;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Identity;
import hokku.api.Setting;
import hokku.api.UserError;
import hokku.api.spi.Terminal;
import hokku.core.plugin.TestPlugins;
import hokku.core.ssh.SshSession;
import hokku.core.state.JsonText;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DispatcherTest {
    @TempDir
    private Path folder;
    private final TestPlugins plugins = new TestPlugins();
    private Dispatcher dispatcher;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Access access = Access.DEPLOY;
    private Optional<Terminal> terminal = Optional.empty();

    @BeforeEach
    void contribute() {
        new SampleCommands().contribute(plugins.plugin("sample"));
        dispatcher = new Dispatcher(plugins, new OneApp(), new Git(), new Audit(folder.resolve("audit.jsonl"), new JsonText(), () -> true),
                new JsonText(), "1.2.3");
    }

    @AfterEach
    void everyLeaseIsGivenBack() {
        assertThat(plugins.leases()).isZero();
    }

    @Test
    void aCommandGetsItsParameters() {
        assertThat(run("sample:echo 'a b' -n 7 c")).isZero();
        assertThat(out()).isEqualTo("-----> a step\n[a b]\n[c]\nnumber 7\n");
        assertThat(err()).isEqualTo(" !     a warning\n");
    }

    @Test
    void twoDashesEndTheOptions() {
        run("sample:echo -n 7 -- -n --force");
        assertThat(out()).endsWith("[-n]\n[--force]\nnumber 7\n");
    }

    @Test
    void aWordIsNeverReplacedByAFile() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "top secret");
        run("sample:echo @" + secret + " '${sys:user.home}'");
        assertThat(out()).contains("[@" + secret + "]", "[${sys:user.home}]");
    }

    @Test
    void globalFlagsAreTakenAnywhere() {
        assertThat(run("--quiet sample:echo a --force")).isZero();
        assertThat(out()).isEqualTo("[a]\nnumber 0 forced\n");
    }

    @Test
    void theGlobalAppIsTheFirstParameter() {
        run("--app hello sample:echo a");
        run("sample:echo a --app hello");
        run("--app hello sample -e X=1 ls --app y");
        assertThat(out()).contains("[hello]\n[a]\nnumber 0\n-----> a step\n[hello]\n[a]\n").endsWith("hello X=1 [ls, --app, y]\n");
    }

    @Test
    void wordsAfterTheFirstParameterAreLeftAloneWhereACommandWantsThat() {
        run("sample -e X=1 --quiet hello ls -la --force --help -- x");
        run("sample hello -- ls -- x");
        run("--app hello sample -- ls");
        assertThat(out()).isEqualTo("hello X=1 [ls, -la, --force, --help, --, x]\nhello  [ls, --, x]\nhello  [ls]\n");
    }

    @Test
    void wrongParametersEndWithTheUsage() {
        assertThat(run("sample:echo --colour")).isEqualTo(2);
        assertThat(err()).isEqualTo(" !     Unknown option: '--colour'\n !     Usage: dokku sample:echo [--help] [-n=<number>] [<words>...]\n");
        assertThat(run("sample:exit x")).isEqualTo(2);
        assertThat(run("sample:destroy")).isEqualTo(2);
        assertThat(run("sample:echo -n seven")).isEqualTo(2);
        assertThat(err()).contains("'seven' is not a number\n");
        assertThat(run("sample:echo 'x")).isEqualTo(2);
        assertThat(err()).contains("A quote in the command is not closed");
    }

    @Test
    void aWrongAppNameIsToldInItsOwnWords() {
        assertThat(run("sample:destroy UPPER")).isEqualTo(1);
        assertThat(err()).startsWith(" !     App name must begin with lowercase alphanumeric character").contains("\"UPPER\"");
    }

    @Test
    void anAppThatIsNotThereIsExitCode20() {
        assertThat(run("sample:destroy other")).isEqualTo(20);
        assertThat(err()).isEqualTo(" !     App other does not exist\n");
    }

    @Test
    void anUnknownCommandIsToldInDokkusWords() {
        assertThat(run("sample:eccho")).isEqualTo(1);
        assertThat(err()).isEqualTo(" !     `sample:eccho` is not a dokku command.\n"
                + " !     See `dokku help` for a list of available commands.\n !     Did you mean `sample:echo`?\n");
    }

    @Test
    void helpIsEverywhere() {
        assertThat(run("")).isZero();
        assertThat(out()).contains("Usage: dokku", "    sample:echo     Print the parameters\n", "    version ");
        out.reset();
        for (String line : new String[] {"help sample", "sample:help"}) {
            assertThat(run(line)).as(line).isZero();
            assertThat(out()).contains("    sample          Run words\n    sample:admin ").doesNotContain("version");
            out.reset();
        }
        assertThat(run("sample:echo a --help")).isZero();
        assertThat(out()).startsWith("Usage: dokku sample:echo").contains("Print the parameters", "A number").doesNotContain("[a]");
        assertThat(err()).isEmpty();
    }

    @Test
    void commandsFollowFromSettings() {
        plugins.plugin("sample").setting(Setting.flag("lamp", "on").help("Whether it is lit"));
        assertThat(run("lamp:set hello on maybe")).isEqualTo(1);
        assertThat(err()).contains("Use true or false");
        assertThat(run("lamp")).isZero();
        assertThat(out()).contains("    lamp:report  ", "    lamp:set     Set a property");
        assertThat(run("lamp:set --help")).isZero();
        assertThat(out()).contains("Usage: dokku lamp:set (<app>|--global) <property> [<value>]", "on: Whether it is lit");
        assertThat(run("lamp:set --colour")).isNotZero();
    }

    @Test
    void theVersionIsTold() {
        for (String line : new String[] {"version", "--version", "-v"}) {
            run(line);
        }
        assertThat(out()).isEqualTo("hokku 1.2.3\n".repeat(3));
    }

    @Test
    void aKeyMayDoWhatItsLevelAllows() {
        assertThat(run("sample:admin")).isEqualTo(77);
        assertThat(err()).isEqualTo(" !     Access denied: sample:admin needs access \"admin\", the key \"alice\" has \"deploy\"\n");
        access = Access.ADMIN;
        assertThat(run("sample:admin")).isZero();
    }

    @Test
    void everyAuthorizerMustAgree() {
        plugins.plugin("guard").authorizer((identity, command, needed, app) -> {
            if (app.isPresent()) {
                throw new UserError(UserError.NO_PERMISSION, "not on " + app.get() + " with " + command);
            }
        });
        assertThat(run("sample:echo")).isZero();
        assertThat(run("sample:destroy hello")).isEqualTo(77);
        assertThat(run("git-upload-pack 'hello'")).isEqualTo(77);
        assertThat(err()).contains("not on hello with sample:destroy", "not on hello with git-upload-pack");
    }

    @Test
    void anAuthorizerThatBreaksRefuses() {
        plugins.plugin("guard").authorizer((identity, command, needed, app) -> {
            throw new IllegalStateException("no directory");
        });
        assertThat(run("sample:echo")).isEqualTo(70);
        assertThat(err()).startsWith(" !     plugin guard failed in sample:echo: no directory (log id ");
    }

    @Test
    void aDefectNamesThePluginAndTheLog() {
        assertThat(run("sample:break")).isEqualTo(70);
        assertThat(err()).matches(" !     plugin sample failed in sample:break: the cat has got it \\(log id [0-9a-f]{4}\\)\n");
    }

    @Test
    void anInterruptionIsQuiet() {
        Thread.currentThread().interrupt();
        assertThat(run("sample:wait")).isEqualTo(130);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(err()).isEmpty();
    }

    @Test
    void gitIsServedWhenItIsAllowed() {
        assertThat(run("git-receive-pack '/hello.git'")).isEqualTo(3);
        access = Access.READ;
        assertThat(run("git-receive-pack 'hello'")).isEqualTo(77);
        assertThat(run("git-upload-pack 'hello'")).isEqualTo(4);
        assertThat(run("git-upload-archive 'hello'")).isEqualTo(1);
        assertThat(out()).isEqualTo("receive hello alice\nupload hello alice\n");
    }

    @Test
    void somethingFinalIsConfirmedByTheName() {
        assertThat(run("sample:destroy hello", "hello\nrest")).isZero();
        assertThat(err()).isEqualTo(" !     WARNING: Potentially Destructive Action\n !     This command will destroy hello.\n"
                + " !     To proceed, type \"hello\"\n> ");
        assertThat(out()).isEqualTo("=====> destroyed\n");
        assertThat(run("sample:destroy hello --force")).isZero();
    }

    @Test
    void anotherAnswerOrNoneDoesNotConfirm() {
        assertThat(run("sample:destroy hello", "other\n")).isEqualTo(1);
        assertThat(err()).endsWith("> \u0020!     Confirmation did not match hello. Aborted.\n");
        assertThat(run("sample:destroy hello", "")).isEqualTo(1);
        assertThat(out()).isEmpty();
    }

    @Test
    void atATerminalTheAnswerIsShownAndCanBeEdited() {
        terminal = Optional.of(new Window());
        assertThat(run("sample:destroy hello", "hx\u007fello\r")).isZero();
        assertThat(err()).endsWith("type \"hello\"\r\n> hx\b \bello\r\n");
        assertThat(out()).isEqualTo("=====> destroyed\r\n");
    }

    @Test
    void atATerminalControlCIsNo() {
        terminal = Optional.of(new Window());
        assertThat(run("sample:destroy hello", "hel\u0003")).isEqualTo(130);
        Thread.interrupted();
        assertThat(out()).isEmpty();
    }

    @Test
    void aClientThatIsGoneMakesNothingThrow() {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("closed");
            }
        };
        assertThat(dispatcher.handle(new SshSession(alice(), "sample:echo a", InputStream.nullInputStream(), closed, closed, terminal))).isZero();
    }

    @Test
    void theAuditLogHoldsNamesAndNoValues() throws IOException {
        run("sample:echo KEY=hunter2");
        run("sample:destroy other");
        run("hunter3 x");
        run("git-receive-pack 'hello'");
        assertThat(Files.readAllLines(folder.resolve("audit.jsonl"))).satisfiesExactly(
                line -> assertThat(line).contains("\"who\":\"alice\"", "\"command\":\"sample:echo\"", "\"names\":[\"KEY\"]", "\"exit\":0"),
                line -> assertThat(line).contains("\"command\":\"sample:destroy\",\"app\":\"other\"", "\"exit\":20"),
                line -> assertThat(line).contains("\"command\":\"(unknown)\"", "\"exit\":1").doesNotContain("hunter"),
                line -> assertThat(line).contains("\"command\":\"git-receive-pack\",\"app\":\"hello\"", "\"exit\":3"));
        assertThat(Files.readString(folder.resolve("audit.jsonl"))).doesNotContain("hunter");
    }

    private Identity alice() {
        return Identity.of("alice", "SHA256:abc", access);
    }

    private int run(String line) {
        return run(line, "");
    }

    private int run(String line, String input) {
        return dispatcher.handle(new SshSession(alice(), line, new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), out, err, terminal));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static final class Git implements GitService {
        @Override
        public int receive(AppName app, Identity by, InputStream in, OutputStream out, OutputStream err) throws IOException {
            out.write(("receive " + app + " " + by + "\n").getBytes(StandardCharsets.UTF_8));
            return 3;
        }

        @Override
        public int upload(AppName app, Identity by, InputStream in, OutputStream out, OutputStream err) throws IOException {
            out.write(("upload " + app + " " + by + "\n").getBytes(StandardCharsets.UTF_8));
            return 4;
        }
    }

    private static final class Window implements Terminal {
        @Override
        public String type() {
            return "xterm";
        }

        @Override
        public int columns() {
            return 80;
        }

        @Override
        public int rows() {
            return 24;
        }

        @Override
        public void onResize(Runnable listener) {
            // its size does not change
        }
    }
}
