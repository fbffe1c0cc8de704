package hokku.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Global;
import hokku.api.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildChoiceTest {
    private static final ImageBuild CLASSIC = (recipe, out) -> "classic";
    private static final ImageBuild BUILDKIT = (recipe, out) -> "buildkit";

    @TempDir
    private Path folder;
    private final AtomicLong clock = new AtomicLong();
    private final App app = App.create(AppName.of("hello"), AppId.random(), Instant.EPOCH, Global.EMPTY);

    @Test
    void theSettingAndWhatTheServerHasDecide() throws Exception {
        BuildChoice with = choice(answering("echo github.com/docker/buildx v0.17.1 abc"));
        assertThat(with.of(app)).isSameAs(BUILDKIT);
        assertThat(with.of(set("on"))).isSameAs(BUILDKIT);
        assertThat(with.of(set("off"))).isSameAs(CLASSIC);
        BuildChoice without = choice(answering("echo unknown command: docker buildx; exit 1"));
        assertThat(without.of(app)).isSameAs(CLASSIC);
        assertThat(without.of(set("off"))).isSameAs(CLASSIC);
        assertThatThrownBy(() -> without.of(set("on"))).isInstanceOf(UserError.class)
                .hasMessageContainingAll("hello is to be built with BuildKit", "has no plugin buildx", "apt-get install docker-buildx",
                        "builder-dockerfile:set hello buildkit auto");
    }

    @Test
    void aPluginThatIsTooOldAndAProgramThatIsNotThereAreNamed() throws Exception {
        assertThat(answering("echo github.com/docker/buildx 0.12.1 0.12.1-0ubuntu1").missing()).contains(
                "buildx 0.12.1 of this server is too old: it takes 0.13");
        assertThat(answering("echo github.com/docker/buildx v1.2.0 x").missing()).isEmpty();
        assertThat(new Buildx(List.of(folder.resolve("none").toString()), Map.of(), clock::get).missing()).contains("this server has no program docker");
    }

    @Test
    void aPluginIsBelievedToBeThereForAWhileAndNeverToBeMissing() throws Exception {
        Buildx buildx = answering("echo v0.17.1");
        assertThat(buildx.missing()).isEmpty();
        write("exit 1");
        assertThat(buildx.missing()).isEmpty();
        clock.addAndGet(Duration.ofMinutes(2).toNanos());
        assertThat(buildx.missing()).isPresent();
        write("echo v0.17.1");
        assertThat(buildx.missing()).isEmpty();
    }

    @Test
    void nothingOfTheEnvironmentLeadsItToAnotherEngine() {
        Map<String, String> environment = new Buildx(List.of("docker", "buildx"), Map.of("DOCKER_CONTEXT", "other", "BUILDX_BUILDER", "mine",
                "HOME", "/home", "SECRET", "x"), clock::get).process(List.of("version"), Map.of("A", "b")).environment();
        assertThat(environment).containsEntry("DOCKER_HOST", "unix:///var/run/docker.sock").containsEntry("HOME", "/home").containsEntry("A", "b")
                .doesNotContainKeys("DOCKER_CONTEXT", "BUILDX_BUILDER", "SECRET");
    }

    @Test
    void itReachesAnEngineByTlsAsTheServerDoes() {
        Map<String, String> over = Map.of("DOCKER_HOST", "tcp://10.0.0.5:2376", "DOCKER_CERT_PATH", "/etc/hokku/engine");
        assertThat(new Buildx(List.of("docker", "buildx"), over, clock::get).process(List.of("version"), Map.of()).environment())
                .containsAllEntriesOf(over).containsEntry("DOCKER_TLS_VERIFY", "1");
        Map<String, String> leftOver = Map.of("DOCKER_CERT_PATH", "/etc/hokku/engine");
        assertThat(new Buildx(List.of("docker", "buildx"), leftOver, clock::get).process(List.of("version"), Map.of()).environment())
                .doesNotContainKeys("DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY");
    }

    private App set(String value) {
        return app.withSetting(BuildSettings.BUILDKIT, value);
    }

    private static BuildChoice choice(Buildx buildx) {
        return BuildChoice.bySetting(buildx, CLASSIC, BUILDKIT);
    }

    private Buildx answering(String script) throws IOException {
        write(script);
        return new Buildx(List.of("/bin/sh", folder.resolve("docker").toString()), System.getenv(), clock::get);
    }

    private void write(String script) throws IOException {
        Files.writeString(folder.resolve("docker"), script + "\n");
    }
}
