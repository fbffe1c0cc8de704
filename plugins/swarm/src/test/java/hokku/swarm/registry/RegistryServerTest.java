package hokku.swarm.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.UserError;
import hokku.testkit.FakeApps;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Names of registries, repositories and tags.
class RegistryServerTest {
    @ParameterizedTest
    @CsvSource({"ghcr.io,ghcr.io", "https://ghcr.io/,ghcr.io", "10.0.0.5:5000,10.0.0.5:5000", "localhost,localhost", "registry:5000,registry:5000",
            "[fd00::5]:5000,[fd00::5]:5000", "hub.docker.com,docker.io", "https://index.docker.io/v1/,docker.io"})
    void aRegistryIsNamedAsImagesBegin(String text, String host) {
        assertThat(RegistryServer.of(text)).hasToString(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "registry", "ghcr.io/team", "-x.io", "a b.io", "x.io:port", "x.io'; rm"})
    void whatIsNoRegistryIsRefused(String text) {
        assertThatThrownBy(() -> RegistryServer.of(text)).isInstanceOf(UserError.class).hasMessageContaining("Invalid value for server");
    }

    @Test
    void theEngineLeavesTheNameOfDockersOwnRegistryOut() {
        Repository repository = new Repository(RegistryServer.of("docker.io"), "me/hello");
        assertThat(repository.hasTag(List.of("me/hello:3"), "3")).isTrue();
        assertThat(repository.digest(List.of("other/hello@sha256:1", "me/hello@sha256:2"))).contains("sha256:2");
        assertThat(new Repository(RegistryServer.of("ghcr.io"), "me/hello").hasTag(List.of("me/hello:3"), "3")).isFalse();
        assertThat(repository.server().loginAddress()).isEqualTo("https://index.docker.io/v1/");
    }

    @Test
    void aRepositoryFollowsFromTheAppUnlessItHasItsOwn() {
        App app = new FakeApps().add("hello");
        assertThat(RegistrySettings.path(app)).isEqualTo("hokku/hello");
        App templated = app.withGlobal(app.global().withSetting(RegistrySettings.IMAGE_REPO_TEMPLATE, "team/{{.AppName}}-image"));
        assertThat(RegistrySettings.path(templated)).isEqualTo("team/hello-image");
        assertThat(RegistrySettings.path(templated.withSetting(RegistrySettings.IMAGE_REPO, "mine"))).isEqualTo("mine");
        assertThatThrownBy(() -> RegistrySettings.IMAGE_REPO_TEMPLATE.parse("team/all")).isInstanceOf(UserError.class).hasMessageContaining("{{ .AppName }}");
        assertThatThrownBy(() -> RegistrySettings.IMAGE_REPO_TEMPLATE.parse("Team/{{ .AppName }}")).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> RegistrySettings.IMAGE_REPO.parse("ghcr.io/Me")).isInstanceOf(UserError.class).hasMessageContaining("Invalid name of a repository");
    }

    @Test
    void aFurtherTagIsNoNumberOfARelease() {
        assertThat(RegistrySettings.PUSH_EXTRA_TAGS.parse("latest, v1.2")).containsExactly("latest", "v1.2");
        assertThatThrownBy(() -> RegistrySettings.PUSH_EXTRA_TAGS.parse("latest,12")).isInstanceOf(UserError.class).hasMessageContaining("Invalid tag");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.5:5000", "a_b", "", "x'y", "http://x", "10.0.0", "1:2:3", "10.0.0.5:6:7"})
    void anAddressHasNoPortAndNoMarks(String text) {
        assertThatThrownBy(() -> RegistrySettings.ADDRESS.parse(text)).isInstanceOf(UserError.class).hasMessageContaining("Invalid value for address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.5", "fd00::5", "node-1", "registry.example.com"})
    void anAddressIsANameOrANumber(String text) {
        assertThat(RegistrySettings.ADDRESS.parse(text)).isEqualTo(text);
    }
}
