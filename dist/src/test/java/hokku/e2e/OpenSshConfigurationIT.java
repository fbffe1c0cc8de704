package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What `hokku openssh` does to the configuration of sshd: it works, or nothing has changed.
class OpenSshConfigurationIT {
    private static final String MAIN = "/etc/ssh/sshd_config";
    private static final String DROP_IN = "/etc/ssh/sshd_config.d/00-hokku.conf";

    private static OpenSshHost host;
    private static TestServer server;
    private static Path admin;
    private static String untouched;

    @BeforeAll
    static void start() throws Exception {
        host = OpenSshHost.start();
        server = host.startServer();
        server.dokku("apps:create", "some");
        admin = server.work().resolve("key");
        untouched = host.read(MAIN);
    }

    @AfterAll
    static void end() throws Exception {
        try {
            server.close();
        } finally {
            host.close();
        }
    }

    @BeforeEach
    void takeOut() throws Exception {
        host.hokku("openssh", "off");
        host.demand("sh", "-c", "rm -f /etc/ssh/sshd_config.d/* /etc/hokku/no-openssh");
        host.write(MAIN, untouched);
        assertThatNobodyGetsIn();
    }

    private static Running.Result login() throws Exception {
        List<String> words = host.client(admin);
        words.addAll(List.of("dokku@127.0.0.1", "version"));
        return Running.run(words, new byte[0]);
    }

    private static Running.Result on() throws Exception {
        return host.hokku("openssh", "on");
    }

    private static void assertOn() throws Exception {
        assertThat(on()).isEqualTo(new Running.Result(0, "-----> OpenSSH hands sessions of dokku on port 22 over to Hokku\n", ""));
    }

    /// sshd takes a moment to read its configuration again; until then whoever it lets in gets nothing.
    private static void assertThatNobodyGetsIn() {
        await("nobody gets in").atMost(Duration.ofSeconds(20)).until(() -> {
            Running.Result login = login();
            assertThat(login.out()).doesNotContain("hokku");
            return login.exit() == 255;
        });
    }

    private static String shell() throws Exception {
        return host.demand("getent", "passwd", "dokku").strip().replaceFirst(".*:", "");
    }

    private static void assertNothingChanged(String main) throws Exception {
        assertThat(host.read(MAIN)).isEqualTo(main);
        assertThat(host.run("test", "-e", DROP_IN).exit()).isNotZero();
        assertThat(shell()).isEqualTo("/usr/sbin/nologin");
        assertThatNobodyGetsIn();
        assertThat(host.hokku("openssh", "status").exit()).isEqualTo(3);
    }

    @Test
    void onIsADropInThatOffTakesOutAgain() throws Exception {
        assertOn();
        assertThat(login().out()).startsWith("hokku ");
        assertThat(host.read(MAIN)).isEqualTo(untouched);
        assertThat(shell()).isEqualTo("/opt/hokku/bin/openssh-session");
        String before = host.read(DROP_IN);

        assertThat(on()).as("again it changes nothing").isEqualTo(new Running.Result(0, "", ""));
        assertThat(host.read(DROP_IN)).isEqualTo(before);

        assertThat(host.hokku("openssh", "off").exit()).isZero();
        assertNothingChanged(untouched);
        assertThat(host.hokku("openssh", "auto").exit()).as("whoever switched it off does not want it back").isEqualTo(3);
        assertNothingChanged(untouched);
    }

    @Test
    void aConfigurationThatReadsNoFolderGetsABlockOfItsOwn() throws Exception {
        String main = untouched.replaceAll("(?m)^Include.*\n", "") + "Match Group nobody\n  PermitTTY no";
        host.write(MAIN, main);

        assertOn();
        assertThat(login().out()).startsWith("hokku ");
        assertThat(host.run("test", "-e", DROP_IN).exit()).isNotZero();
        assertThat(host.read(MAIN)).startsWith(main + "\n").contains("Match User dokku");
        assertThat(on()).isEqualTo(new Running.Result(0, "", ""));

        assertThat(host.hokku("openssh", "off").exit()).isZero();
        assertThat(host.read(MAIN)).isEqualTo(main + "\n");
        assertThatNobodyGetsIn();
    }

    @Test
    void aConfigurationThatSshdDoesNotUnderstandIsLeftAlone() throws Exception {
        host.write("/etc/ssh/sshd_config.d/50-broken.conf", "NoSuchWord yes\n");
        Running.Result refused = on();
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("mend it first", "NoSuchWord");
        host.demand("rm", "/etc/ssh/sshd_config.d/50-broken.conf");
        assertNothingChanged(untouched);
    }

    @Test
    void anAdministratorsRuleThatKeepsTheUserOutIsToldAndKept() throws Exception {
        host.write("/etc/ssh/sshd_config.d/50-allow.conf", "AllowUsers root\n");
        Running.Result refused = on();
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("AllowUsers", "is as it was before");
        assertThat(host.read("/etc/ssh/sshd_config.d/50-allow.conf")).isEqualTo("AllowUsers root\n");
        assertNothingChanged(untouched);
    }

    @Test
    void anEarlierBlockThatWouldLetInMoreIsToldAndNothingChanges() throws Exception {
        host.write("/etc/ssh/sshd_config.d/00-aaa.conf", "Match User dokku\n  AllowTcpForwarding yes\n  ForceCommand /bin/sh\n");
        Running.Result refused = on();
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("ForceCommand is not none", "is as it was before");
        assertNothingChanged(untouched);
    }

    @Test
    void aHostThatLetsClientsChooseLibrariesIsRefused() throws Exception {
        host.write("/etc/ssh/sshd_config.d/50-env.conf", "AcceptEnv FOO *\n");
        Running.Result refused = on();
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("AcceptEnv * would let clients choose", "is as it was before");
        assertNothingChanged(untouched);
    }

    /// As on Ubuntu 24.04: systemd has the port, and no sshd runs that could be told anything.
    @Test
    void anSshdThatASocketStartsForEachConnectionWorksAsWell() throws Exception {
        Process systemd = host.startSocketActivated();
        try {
            assertOn();
            assertThat(login().out()).startsWith("hokku ");
            assertThat(host.hokku("openssh", "off").exit()).isZero();
            assertThatNobodyGetsIn();
        } finally {
            systemd.destroy();
            systemd.waitFor();
            host.demand("rm", "-rf", "/run/systemd/system", "/opt/hokku/bin/systemctl");
            host.startSshd();
        }
    }

    @Test
    void aServerThatDoesNotRunIsToldToItsClients() throws Exception {
        assertOn();
        server.kill();

        Running.Result refused = login();

        assertThat(refused.exit()).isEqualTo(69);
        assertThat(refused.err()).contains(" !     The server does not answer");
        assertThat(host.hokku("openssh", "status").exit()).isEqualTo(1);
        server.launch("");
        assertThat(login().exit()).isZero();
    }

    @Test
    void aServerThatEndsTellsTheClientsOfWhatRuns() throws Exception {
        assertOn();
        List<String> words = host.client(admin);
        words.addAll(List.of("dokku@127.0.0.1", "plugin:install"));
        Running client = Running.start(words, Map.of(), Path.of("."));
        client.said("Installing a plugin");

        server.kill();

        assertThat(client.end()).satisfies(ended -> {
            assertThat(ended.exit()).isEqualTo(255);
            assertThat(ended.err()).contains("The server ended before the command did");
        });
        server.launch("");
    }
}
