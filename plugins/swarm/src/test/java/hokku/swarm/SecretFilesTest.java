package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Env;
import hokku.api.EnvKey;
import hokku.api.Global;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFilesTest {
    private final App app = App.create(AppName.of("hello"), AppId.random(), Instant.now(), Global.EMPTY)
            .withSetting(SwarmSettings.SECRET_FILES, "PASSWORD EMPTY ABSENT");
    private final ProcessSpec spec = ProcessSpec.of(ProcessSpec.Kind.DEPLOY, app.name(), app.id(), "d1", 3, ProcessType.WEB, "image");

    @Test
    void valuesBecomeFilesWhoseNamesVariablesTell() {
        SecretFiles files = SecretFiles.of(app, spec.withEnv(Env.EMPTY.with("PASSWORD", "secret").with("EMPTY", "").with("PLAIN", "shown")));
        assertThat(files.spec().env().asMap()).hasSize(3).containsEntry(EnvKey.of("EMPTY"), "").containsEntry(EnvKey.of("PLAIN"), "shown")
                .containsEntry(EnvKey.of("PASSWORD_FILE"), "/run/secrets/PASSWORD");
        assertThat(files.values().asMap()).hasSize(1).containsEntry(EnvKey.of("PASSWORD"), "secret");
        assertThat(files.toString()).doesNotContain("secret\"").doesNotContain("=secret");
    }

    @Test
    void withoutTheSettingNothingChanges() {
        ProcessSpec plain = spec.withEnv(Env.EMPTY.with("PASSWORD", "secret"));
        SecretFiles files = SecretFiles.of(App.create(app.name(), app.id(), app.created(), Global.EMPTY), plain);
        assertThat(files.spec()).isEqualTo(plain);
        assertThat(files.values().isEmpty()).isTrue();
    }

    @Test
    void whatTheSwarmWouldNotTakeIsRefused() {
        assertThatThrownBy(() -> SecretFiles.of(app, spec.withEnv(Env.EMPTY.with("PASSWORD", "x".repeat(500 * 1024)))))
                .isInstanceOf(UserError.class).hasMessageContaining("PASSWORD is too long").hasMessageNotContaining("xxx");
        assertThatThrownBy(() -> SwarmSettings.SECRET_FILES.parse("NO-NAME")).isInstanceOf(UserError.class).hasMessageContaining("NO-NAME");
        assertThatThrownBy(() -> SwarmSettings.SECRET_FILES.parse("A".repeat(255))).isInstanceOf(UserError.class);
    }

    @Test
    void theArchiveIsOneThatTarReads(@TempDir Path folder) throws IOException, InterruptedException {
        String longName = "L".repeat(200);
        Env files = Env.EMPTY.with("A", "one\n").with(longName, "two").with("Z", "ß".repeat(512));
        Files.write(folder.resolve("files.tar"), FilesArchive.of(files).readAllBytes());
        assertThat(new ProcessBuilder("tar", "-xf", "files.tar").directory(folder.toFile()).inheritIO().start().waitFor()).isZero();
        assertThat(Files.readString(folder.resolve("run/secrets/A"))).isEqualTo("one\n");
        assertThat(Files.readString(folder.resolve("run/secrets/" + longName))).isEqualTo("two");
        assertThat(Files.readString(folder.resolve("run/secrets/Z"), StandardCharsets.UTF_8)).isEqualTo("ß".repeat(512));
        assertThat(Files.getPosixFilePermissions(folder.resolve("run/secrets/A"))).hasToString("[OWNER_READ, GROUP_READ, OTHERS_READ]");
    }
}
