package hokku.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Env;
import hokku.api.Global;
import hokku.api.Identity;
import hokku.api.Source;
import hokku.api.UserError;
import hokku.testkit.FakeSourceTree;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BuildKitCallTest {
    @Test
    void valuesAreInTheEnvironmentAndNeverAmongTheWords() {
        BuildKitCall call = BuildKitCall.of(recipe("""
                FROM busybox
                ARG SHOWN
                RUN --mount=type=secret,id=TOKEN --mount=type=secret,id=PATH --mount=type=secret,id=MISSING true
                """, Map.of("SHOWN", "v1", "TOKEN", "v2", "PATH", "v3", "OTHER", "v4")), true);
        assertThat(call.words(Path.of("/tmp/x/image"))).containsExactly("build", "--builder", "default", "--progress", "rawjson", "--iidfile",
                "/tmp/x/image", "--tag", "hokku-x/hello:1", "--file", "Dockerfile", "--build-arg", "SHOWN",
                "--secret", "id=PATH,env=HOKKU_SECRET_1", "--secret", "id=TOKEN,env=HOKKU_SECRET_2", "-");
        assertThat(call.environment(Path.of("/tmp/x"))).isEqualTo(Map.of("SHOWN", "v1", "HOKKU_SECRET_1", "v3", "HOKKU_SECRET_2", "v2",
                "BUILDX_CONFIG", "/tmp/x"));
        assertThat(call.unknown()).containsExactly("MISSING");
    }

    @Test
    void anArgumentThatTheProgramItselfWouldHeedIsRefused() {
        for (String name : new String[]{"PATH", "LD_PRELOAD", "DOCKER_HOST", "BUILDX_BUILDER", "GODEBUG"}) {
            assertThatThrownBy(() -> BuildKitCall.of(recipe("FROM a\nARG " + name, Map.of(name, "x")), true)).isInstanceOf(UserError.class)
                    .hasMessageContainingAll("ARG " + name, "builder-dockerfile:set hello buildkit off");
        }
        Recipe proxy = recipe("FROM a\nARG http_proxy", Map.of("http_proxy", "x"));
        assertThat(BuildKitCall.of(proxy, true).arguments()).containsKey("http_proxy");
        assertThatThrownBy(() -> BuildKitCall.of(proxy, false)).isInstanceOf(UserError.class);
        assertThat(BuildKitCall.of(recipe("FROM a\nARG PATH", Map.of("OTHER", "x")), true).arguments()).isEmpty();
    }

    private static Recipe recipe(String text, Map<String, String> env) {
        App app = App.create(AppName.of("hello"), AppId.random(), Instant.EPOCH, Global.EMPTY);
        Source source = new Source(app, 1, "c".repeat(40), FakeSourceTree.EMPTY, Env.of(env), Identity.SERVER, Instant.EPOCH);
        return Recipe.of(source, "Dockerfile", Dockerfile.parse(text), "hokku-x/hello:1");
    }
}
