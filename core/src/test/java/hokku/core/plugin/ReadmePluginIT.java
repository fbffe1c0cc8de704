package hokku.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.Deployment;
import hokku.api.Env;
import hokku.api.Release;
import hokku.api.Setting;
import hokku.api.UserError;
import hokku.api.hook.PreDeploy;
import hokku.testkit.RecordingOutput;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The plugin that the README prints: compiled and packed by the README's own commands, installed, and used.
class ReadmePluginIT {
    private static final String API_JARS = "/opt/hokku/lib/*";

    @TempDir
    private Path folder;

    @Test
    void theReadmesPluginRefusesADeployInItsOwnWordsAndItsCommandAnswers() throws Exception {
        Path jar = build();
        try (HostedPlugins plugins = new HostedPlugins(folder).start()) {
            App app = plugins.apps.add("hello");
            try (var bytes = Files.newInputStream(jar)) {
                assertThat(plugins.host.install(bytes).id()).isEqualTo("freeze");
            }
            assertThat(plugins.answer("freeze:status")).isEqualTo("Not frozen");
            assertThat(deploy(plugins, app)).isNotNull();

            plugins.apps.setGlobal(plugins.apps.global().withSetting(setting(plugins), "stocktaking"));
            App frozen = plugins.apps.get("hello").withGlobal(plugins.apps.global());
            assertThatThrownBy(() -> deploy(plugins, frozen)).isInstanceOf(UserError.class)
                    .hasMessage("No deploys during the freeze: stocktaking");
            assertThat(plugins.answer("freeze:status")).isEqualTo("Frozen: stocktaking");

            plugins.host.uninstall("freeze");
            assertThat(deploy(plugins, frozen)).isNotNull();
            try (Snapshots.Lease lease = plugins.host.lease()) {
                assertThat(lease.registry().commands()).isEmpty();
            }
        }
    }

    private static Setting<?> setting(HostedPlugins plugins) {
        try (Snapshots.Lease lease = plugins.host.lease()) {
            return lease.registry().settings().get("freeze.reason").value();
        }
    }

    private static Deployment deploy(HostedPlugins plugins, App app) throws Exception {
        Release release = new Release(app.name(), 1, "sha256:0", "hokku/hello:1", "dockerfile", Env.EMPTY, new TreeMap<>(), List.of(),
                true, "0".repeat(40), Map.of(), Map.of(), "tester", Instant.EPOCH);
        Deployment deployment = Deployment.of("1", app, release, List.of());
        try (Snapshots.Lease lease = plugins.host.lease()) {
            for (Registry.Handler<PreDeploy> handler : lease.registry().hooks(PreDeploy.class)) {
                deployment = handler.hook().before(deployment, new RecordingOutput());
            }
        }
        return deployment;
    }

    /// Does what the README says, word for word, but for the folder where the installed server has its jars.
    private Path build() throws Exception {
        String readme = Files.readString(Path.of("../README.md")).split("\n## Write a plugin\n")[1].split("\n## ")[0];
        Path work = Files.createDirectories(folder.resolve("work"));
        Files.writeString(work.resolve("Freeze.java"), block(readme, "java"));
        String commands = block(readme, "sh");
        assertThat(commands).contains(API_JARS);
        ProcessBuilder shell = new ProcessBuilder("bash", "-ec", commands.replace(API_JARS, apiJars() + "/*")).directory(work.toFile());
        shell.environment().merge("PATH", Path.of(System.getProperty("java.home"), "bin").toString(), (old, jdk) -> jdk + ":" + old);
        Process process = shell.redirectErrorStream(true).redirectOutput(work.resolve("log").toFile()).start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(work.resolve("log"))).isZero();
        return work.resolve("freeze.jar");
    }

    /// A folder of jars like the installed server's.
    private Path apiJars() throws IOException, InterruptedException {
        Path jars = Files.createDirectories(folder.resolve("lib"));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                Path jar = jars.resolve(path.getParent().getParent().getFileName() + "-" + path.getFileName() + ".jar");
                assertThat(new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jar").toString(), "--create", "--file",
                        jar.toString(), "-C", path.toString(), ".").inheritIO().start().waitFor()).isZero();
            } else {
                Files.createSymbolicLink(jars.resolve(path.getFileName()), path);
            }
        }
        return jars;
    }

    private static String block(String readme, String language) {
        List<String> blocks = Pattern.compile("^```" + language + "\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE).matcher(readme)
                .results().map(found -> found.group(1)).toList();
        assertThat(blocks).as("the README's block in " + language).hasSize(1);
        return blocks.getFirst();
    }
}
