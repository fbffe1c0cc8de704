package hokku.core.command;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Identity;
import hokku.api.UserError;
import hokku.core.plugin.BuiltIn;
import hokku.core.plugin.HttpsPlace;
import hokku.core.plugin.NoEngine;
import hokku.core.plugin.PluginHost;
import hokku.core.plugin.Services;
import hokku.core.ssh.AuthorizedKeys;
import hokku.core.ssh.SshClient;
import hokku.core.ssh.SshDaemon;
import hokku.core.state.Home;
import hokku.core.state.JsonText;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Plugins that are fetched from an address, through the real `ssh` program.
class PluginInstallIT {
    @TempDir
    private Path folder;
    private Home home;
    private HttpsPlace place;
    private PluginHost host;
    private SshDaemon daemon;
    private SshClient admin;
    private SshClient deployer;

    @BeforeEach
    void start() throws Exception {
        home = new Home(folder.resolve("home"));
        home.create();
        place = HttpsPlace.open(folder);
        host = new PluginHost(home, folder.resolve("shipped"), Clock.systemUTC(), Duration.ofMinutes(1));
        JsonText json = new JsonText();
        OneApp apps = new OneApp();
        host.start(new Services(apps, new NoEngine(), json, (kind, name) -> List.of()),
                List.of(new BuiltIn("core", "0.1.0", "", new PluginCommands(host, place.download()))));
        AuthorizedKeys keys = new AuthorizedKeys(home.authorizedKeys());
        Dispatcher dispatcher = new Dispatcher(host, apps, new NoGit(), new Audit(home.audit(), json, () -> true), json, "1.2.3");
        daemon = new SshDaemon("127.0.0.1", 0, home.hostKeys(), keys, dispatcher);
        daemon.start();
        admin = SshClient.create(folder, daemon.port(), "admin");
        keys.add("admin", Access.ADMIN, admin.publicKey());
        deployer = SshClient.create(folder, daemon.port(), "deployer");
        keys.add("deployer", Access.DEPLOY, deployer.publicKey());
    }

    @AfterEach
    void stop() throws Exception {
        daemon.close();
        host.close();
        place.close();
    }

    private String address(String path) {
        return place.address(path).toString();
    }

    @Test
    void aPluginIsFetchedCheckedAndInstalled() throws Exception {
        byte[] jar = PluginCommandsTest.jar("silent");
        place.serve("/silent.jar", jar);
        place.redirect("/latest", "/silent.jar?token=secret");
        String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(jar));
        assertThat(admin.ssh("plugin:install", "--sha256", digest, "'" + address("/latest?token=secret") + "'")).isEqualTo(new SshClient.Result(0,
                "-----> Installing a plugin from localhost\n-----> Plugin silent 1.2.3 is installed and enabled\n", ""));
        assertThat(admin.ssh("plugin:installed", "silent").exit()).isZero();
        assertThat(admin.ssh(jar, "plugin:install", "--sha256", digest).exit()).isZero();
        assertThat(Files.readString(home.audit())).contains("\"names\":[\"localhost\"]").doesNotContain("secret");
    }

    @Test
    void whatIsRefusedChangesNothing() throws Exception {
        byte[] jar = PluginCommandsTest.jar("silent");
        place.serve("/silent.jar", jar);
        place.serve("/page.jar", "<html>".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        refused(1, "its SHA-256 digest is", "plugin:install", "--sha256", "0".repeat(64), address("/silent.jar"));
        refused(1, "The plugin was not installed: the jar", "plugin:install", address("/page.jar"));
        refused(1, "/none.jar answers 404", "plugin:install", address("/none.jar"));
        refused(2, "by https only", "plugin:install", "http://localhost/silent.jar");
        refused(2, "64 hexadecimal digits", "plugin:install", "--sha256", "abc", address("/silent.jar"));
        SshClient.Result damaged = admin.ssh(jar, "plugin:install", "--sha256", "0".repeat(64));
        assertThat(damaged.exit()).isEqualTo(1);
        assertThat(deployer.ssh("plugin:install", address("/silent.jar")).exit()).isEqualTo(UserError.NO_PERMISSION);
        assertThat(admin.ssh("plugin:installed", "silent").exit()).isEqualTo(1);
        assertThat(admin.ssh("plugin:install", "--help").out()).contains("Usage: dokku plugin:install [--sha256 <digest>] [<file>|<url>]");
        for (Path each : List.of(home.plugins(), home.pluginCopies())) {
            try (var files = Files.list(each)) {
                assertThat(files).isEmpty();
            }
        }
    }

    private void refused(int exit, String error, String... words) throws Exception {
        SshClient.Result result = admin.ssh(words);
        assertThat(result.exit()).as(result.toString()).isEqualTo(exit);
        assertThat(result.err()).contains(error);
    }

    private record NoGit() implements GitService {
        @Override
        public int receive(AppName app, Identity by, InputStream in, OutputStream out, OutputStream err) {
            return 1;
        }

        @Override
        public int upload(AppName app, Identity by, InputStream in, OutputStream out, OutputStream err) {
            return 1;
        }
    }
}
