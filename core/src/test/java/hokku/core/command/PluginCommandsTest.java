package hokku.core.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Access;
import hokku.api.UserError;
import hokku.api.hook.Order;
import hokku.api.hook.PreDeploy;
import hokku.core.plugin.BuiltIn;
import hokku.core.plugin.NoEngine;
import hokku.core.plugin.Download;
import hokku.core.plugin.PluginHost;
import hokku.core.plugin.Services;
import hokku.core.state.Home;
import hokku.testkit.FakeApps;
import hokku.testkit.FakeContext;
import hokku.testkit.PlainJson;
import hokku.testkit.RecordingContributions;
import hokku.testkit.RecordingSession;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the commands `plugin:*` say and do.
class PluginCommandsTest {
    @TempDir
    private Path folder;
    private PluginHost host;
    private Home home;
    private final RecordingContributions commands = new RecordingContributions();

    @BeforeEach
    void start() throws Exception {
        home = new Home(folder.resolve("home"));
        home.create();
        host = new PluginHost(home, folder.resolve("shipped"), Clock.systemUTC(), Duration.ofMinutes(1));
        FakeApps apps = new FakeApps();
        FakeContext context = new FakeContext("core", apps, folder);
        PluginCommands plugin = new PluginCommands(host, new Download());
        host.start(new Services(apps, new NoEngine(), new PlainJson(), (kind, name) -> List.of()), List.of(
                new BuiltIn("core", "0.1.0", "What is built in", plugin),
                new BuiltIn("early", "0.1.0", "", (own, to) -> to.hook(PreDeploy.class, Order.EARLY, (deployment, out) -> deployment)),
                new BuiltIn("also", "0.1.0", "", (own, to) -> to.hook(PreDeploy.class, (deployment, out) -> deployment))));
        plugin.contribute(context, commands);
    }

    @AfterEach
    void close() {
        host.close();
    }

    private RecordingSession run(RecordingSession session, String name, String... words) throws Exception {
        commands.run(session, name, words);
        return session;
    }

    private RecordingSession run(String name, String... words) throws Exception {
        return run(new RecordingSession(), name, words);
    }

    /// A plugin that contributes nothing, of a class that the tests have.
    static byte[] jar(String id) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        Map.of("Plugin-Id", id, "Plugin-Version", "1.2.3", "Plugin-Class", Silent.class.getName(), "Plugin-Description", "Does nothing")
                .forEach(manifest.getMainAttributes()::putValue);
        String entry = Silent.class.getName().replace('.', '/') + ".class";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
            jar.putNextEntry(new JarEntry(entry));
            jar.write(Silent.class.getClassLoader().getResourceAsStream(entry).readAllBytes());
        }
        return bytes.toByteArray();
    }

    @Test
    void aJarOnStandardInputIsInstalledListedAndUninstalled() throws Exception {
        assertThat(run(RecordingSession.withInput(jar("silent")), "plugin:install").marked())
                .contains("-----> Plugin silent 1.2.3 is installed and enabled");
        assertThat(run("plugin:list").printed().lines())
                .contains("  silent             1.2.3      enabled   Does nothing", "  core               0.1.0      enabled   What is built in");
        assertThat(run("plugin:installed", "silent").exitCode()).isZero();
        run("plugin:disable", "silent");
        assertThat(run("plugin:list").printed()).contains("  silent             1.2.3      disabled  Does nothing");
        run("plugin:enable", "silent");
        assertThat(run("plugin:uninstall", "silent").marked()).containsExactly("-----> Plugin silent is uninstalled; its data was kept");
        assertThat(run("plugin:installed", "silent").exitCode()).isEqualTo(1);
    }

    @Test
    void aFileOfTheServerIsInstalledByItsAbsolutePathOnly() throws Exception {
        Path file = Files.write(folder.resolve("silent.jar"), jar("silent"));
        assertThatThrownBy(() -> run("plugin:install", "silent.jar")).isInstanceOf(UserError.class).hasMessageContaining("is not absolute");
        assertThatThrownBy(() -> run("plugin:install", folder.resolve("none.jar").toString())).isInstanceOf(UserError.class)
                .hasMessageContaining("finds no file");
        run("plugin:install", file.toString());
        assertThat(run("plugin:installed", "silent").exitCode()).isZero();
    }

    @Test
    void aJarCopiedToTheFolderTakesPartAfterAReload() throws Exception {
        Files.write(home.plugins().resolve("silent.jar"), jar("silent"));
        assertThat(run("plugin:reload").marked()).contains("       silent 1.2.3 enabled");
    }

    @Test
    void theListAsJsonTellsEverything() throws Exception {
        RecordingSession session = run("plugin:list", "--format", "json");
        assertThat(session.documents().getFirst().toString()).contains("name=core", "state=enabled", "origin=built-in");
        assertThatThrownBy(() -> run("plugin:list", "--format", "xml")).hasMessage("Format must be \"stdout\" or \"json\": \"xml\"");
    }

    @Test
    void hooksAreShownInTheOrderInForce() throws Exception {
        RecordingSession session = run("plugin:hooks");
        assertThat(session.marked()).startsWith("=====> pre-build").contains("=====> pre-deploy").endsWith("=====> post-deploy");
        assertThat(session.printed().lines()).containsExactly("       early   early", "       normal  also");
        assertThat(run("plugin:hooks", "--format", "json").documents().getFirst()).asString().contains("pre-deploy", "early", "also");
    }

    @Test
    void whatIsBuiltInStays() {
        assertThatThrownBy(() -> run("plugin:disable", "core")).hasMessageStartingWith("Cannot disable a core plugin");
        assertThatThrownBy(() -> run("plugin:uninstall", "core")).hasMessageStartingWith("Cannot uninstall a core plugin");
        assertThatThrownBy(() -> run("plugin:uninstall", "none")).hasMessageStartingWith("Plugin (none) is not currently installed");
    }

    @Test
    void onlyLookingIsOpenToEverybody() {
        commands.commands().forEach((name, command) -> assertThat(command.get().access()).as(name)
                .isEqualTo(List.of("plugin:list", "plugin:hooks", "plugin:installed").contains(name) ? Access.READ : Access.ADMIN));
    }
}
