package hokku.env;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.Env;
import hokku.api.Global;
import hokku.testkit.FakeApps;
import hokku.testkit.FakeContext;
import hokku.testkit.RecordingContributions;
import hokku.testkit.RecordingSession;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the real `tar` makes of a bundle.
class ConfigBundleIT {
    private final FakeApps apps = new FakeApps();
    private final RecordingContributions contributions = new RecordingContributions();

    private byte[] bundle(String... words) throws Exception {
        new EnvPlugin().contribute(new FakeContext("env", apps, Path.of("unused")), contributions);
        RecordingSession session = new RecordingSession();
        contributions.run(session, "config:bundle", words);
        return session.printed().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aBundleIsAnArchiveWithAFileForEachVariable(@TempDir Path folder) throws Exception {
        String longName = "L" + "ONG".repeat(50);
        apps.setGlobal(Global.EMPTY.withEnv(Env.of(Map.of("G", "global"))));
        apps.put(apps.add("hello").withEnv(Env.of(Map.of("A", "größe\nand more", "EMPTY", "", longName, "x".repeat(5000)))));
        Path bundle = Files.write(folder.resolve("bundle.tar"), bundle("--merged", "hello"));
        Process tar = new ProcessBuilder("tar", "--extract", "--file", bundle.toString(), "--directory", folder.toString())
                .redirectErrorStream(true).start();
        assertThat(new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
        assertThat(tar.waitFor()).isZero();
        assertThat(folder.resolve("A")).hasContent("größe\nand more");
        assertThat(folder.resolve("EMPTY")).isEmptyFile();
        assertThat(folder.resolve("G")).hasContent("global");
        assertThat(folder.resolve(longName)).hasContent("x".repeat(5000));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("A")))).isEqualTo("rw-------");
    }
}
