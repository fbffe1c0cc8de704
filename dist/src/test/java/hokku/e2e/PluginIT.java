package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The plugin that the README prints, made with the README's own commands, in the life of a server.
class PluginIT {
    private static final String API_JARS = "/opt/hokku/lib/*";
    private static final String APP = "frozen";

    @Test
    void theReadmesPluginComesRefusesAndGoesWithoutARestart() throws Exception {
        try (TestServer server = TestServer.start()) {
            byte[] jar = Files.readAllBytes(build(server, readme(), "1.0.0"));
            WorkTree tree = server.deployed(APP, "one");

            install(server, jar);
            assertThat(server.dokku("plugin:list")).containsPattern("freeze\\s+1\\.0\\.0\\s+enabled");
            assertThat(server.dokku("freeze:status").strip()).isEqualTo("Not frozen");
            assertThat(server.dokku("completion", "words").lines()).as("what a shell completes").contains("freeze:status;;--help;", "@" + APP);
            server.dokku("freeze:set", "--global", "reason", "stocktaking");
            assertThat(server.dokku("freeze:status").strip()).isEqualTo("Frozen: stocktaking");

            try (Watch watch = server.watch(APP)) {
                refused(tree, "two");
                Running.Result restarted = server.ssh("ps:restart", APP);
                assertThat(restarted.exit()).isNotZero();
                assertThat(restarted.err()).contains("No deploys during the freeze: stocktaking");

                Running.Result broken = server.ssh(Files.readAllBytes(build(server, readme().replace(
                        "to.setting(REASON);", "if (REASON != null) throw new IllegalStateException(\"version 2 is broken\");"), "2.0.0")), "plugin:install");
                assertThat(broken.exit()).isNotZero();
                assertThat(broken.err()).contains("version 2 is broken");
                Running.Result garbage = server.ssh("no jar at all".getBytes(java.nio.charset.StandardCharsets.UTF_8), "plugin:install");
                assertThat(garbage.exit()).isNotZero();
                assertThat(server.dokku("plugin:list")).containsPattern("freeze\\s+1\\.0\\.0\\s+enabled");
                refused(tree, "three");
                watch.sawOnly("one");
            }

            server.dokku("plugin:uninstall", "freeze");
            assertThat(server.ssh("freeze:status").exit()).isNotZero();
            assertThat(server.dokku("plugin:list")).doesNotContain("freeze");
            assertThat(server.dokku("plugin:hooks")).doesNotContain("freeze");
            tree.commit(Sources.page("four"));
            Running.Result pushed = tree.push();
            assertThat(pushed.exit()).as(pushed.text()).isZero();
            assertThat(server.get(APP)).isEqualTo(new Web.Answer(200, "four"));
            assertThat(server.logged("answers ssh on port")).as("starts of the server").isEqualTo(1);
        }
    }

    @Test
    void aJarOverwrittenInPlaceDisturbsNoDeploy() throws Exception {
        try (TestServer server = TestServer.start()) {
            Path jar = build(server, readme(), "1.0.0");
            install(server, Files.readAllBytes(jar));
            Path installed = server.home().resolve("plugins/freeze.jar");
            assertThat(installed).exists();
            WorkTree tree = server.repository(APP);
            tree.commit(Sources.page("one", "sleep 3"));
            Running push = tree.start("push", "dokku", "master").said("Building " + APP);

            Files.write(installed, new byte[10_000], StandardOpenOption.TRUNCATE_EXISTING);
            Running.Result reloaded = server.ssh("plugin:reload");
            Running.Result pushed = push.end();

            assertThat(pushed.exit()).as(pushed.text()).isZero();
            assertThat(server.get(APP)).isEqualTo(new Web.Answer(200, "one"));
            assertThat(reloaded.exit()).as("the reload of a broken jar: %s", reloaded.text()).isNotZero();
            assertThat(server.dokku("freeze:status").strip()).isEqualTo("Not frozen");

            Files.copy(jar, installed, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            server.dokku("plugin:reload");
            assertThat(server.dokku("freeze:status").strip()).isEqualTo("Not frozen");
        }
    }

    private static void install(TestServer server, byte[] jar) throws IOException, InterruptedException {
        Running.Result installed = server.ssh(jar, "plugin:install");
        assertThat(installed.exit()).as(installed.text()).isZero();
    }

    private static void refused(WorkTree tree, String page) throws IOException, InterruptedException {
        tree.commit(Sources.page(page));
        Running.Result pushed = tree.push();
        assertThat(pushed.exit()).isNotZero();
        assertThat(pushed.err()).contains(
                "remote:  !     No deploys during the freeze: stocktaking",
                "! [remote rejected] master -> master (No deploys during the freeze: stocktaking");
    }

    private static String readme() throws IOException {
        return Files.readString(Path.of("../README.md")).split("\n## Write a plugin\n")[1].split("\n## ")[0];
    }

    /// Does what the README says, word for word, but for the folder where an installed server has its jars, and the version.
    private static Path build(TestServer server, String text, String version) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(server.work(), "plugin");
        Files.writeString(folder.resolve("Freeze.java"), block(text, "java"));
        String commands = block(text, "sh");
        assertThat(commands).contains(API_JARS, "Plugin-Version: 1.0.0");
        Running shell = Running.start(List.of("bash", "-ec", commands.replace(API_JARS, TestServer.program().resolve("lib") + "/*")
                .replace("Plugin-Version: 1.0.0", "Plugin-Version: " + version)),
                Map.of("PATH", Path.of(System.getProperty("java.home"), "bin") + ":" + System.getenv("PATH")), folder);
        Running.Result built = shell.end();
        assertThat(built.exit()).as(built.text()).isZero();
        return folder.resolve("freeze.jar");
    }

    private static String block(String readme, String language) {
        List<String> blocks = Pattern.compile("^```" + language + "\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE).matcher(readme)
                .results().map(found -> found.group(1)).toList();
        assertThat(blocks).as("the README's block in %s", language).hasSize(1);
        return blocks.getFirst();
    }
}
