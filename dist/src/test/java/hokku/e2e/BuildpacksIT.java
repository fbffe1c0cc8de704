package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The commands around buildpacks, of a server as it is installed. Nothing is built.
class BuildpacksIT {
    private static final String ADDRESS = "https://joe:secret@host/pack.git#v1";
    private static final String SHOWN = "https://host/pack.git#v1";

    @Test
    void whatIsSetStaysWithTheAppAndIsShownWithoutSecrets() throws Exception {
        try (TestServer server = TestServer.start()) {
            server.dokku("apps:create", "hello");
            server.dokku("buildpacks:add", "hello", "nodejs");
            assertThat(server.dokku("buildpacks:add", "--index", "1", "hello", ADDRESS))
                    .isEqualTo("-----> Adding " + SHOWN + "\n       The next deploy of hello heeds it\n");
            server.dokku("buildpacks:set-property", "hello", "stack", "debian:trixie-slim");
            server.dokku("builder-buildstep:set", "hello", "memory", "1g");
            server.dokku("apps:rename", "hello", "other");
            server.dokku("apps:clone", "--skip-deploy", "other", "copy");
            server.kill();
            server.launch("");
            for (String app : new String[] {"other", "copy"}) {
                assertThat(server.dokku("buildpacks:list", app)).isEqualTo("-----> " + app + " buildpack urls\n       " + SHOWN + "\n       nodejs\n");
                assertThat(server.dokku("buildpacks:report", app, "--buildpacks-list")).isEqualTo(SHOWN + ",nodejs\n");
                assertThat(server.dokku("buildpacks:report", app)).isEqualTo("""
                        =====> %s buildpacks information
                               Buildpacks computed list:      %s,nodejs
                               Buildpacks computed stack:     debian:trixie-slim
                               Buildpacks global stack:
                               Buildpacks list:               %s,nodejs
                               Buildpacks stack:              debian:trixie-slim
                        """.formatted(app, SHOWN, SHOWN));
                assertThat(server.dokku("builder-buildstep:report", app, "--builder-buildstep-memory")).isEqualTo("1g\n");
            }
            assertThat(server.dokku("buildpacks:report", "--global", "--format", "json")).contains("\"buildpacks-computed-stack\" : \"debian:bookworm-slim\"");
            assertThat(Files.readString(server.home().resolve("apps/copy/desired.json"))).contains(ADDRESS);
            assertThat(Files.readString(server.home().resolve("audit.jsonl"))).contains("buildpacks:add").doesNotContain("secret").doesNotContain("trixie");
            Running.Result unknown = server.ssh("buildpacks:add", "none", "nodejs");
            assertThat(unknown.exit()).isEqualTo(20);
            assertThat(server.ssh("buildpacks:add", "copy").exit()).isEqualTo(2);
            assertThat(server.dokku("buildpacks:set", "--help")).contains("--replace <app> <buildpack>");
            assertThat(server.dokku("buildpacks:set-property", "--help")).startsWith("Usage: dokku buildpacks:set-property (<app>|--global) <property> [<value>]")
                    .contains("stack: image of Debian's family");
        }
    }

    @Test
    void aBranchThatIsNotDeployedIsLookedAt() throws Exception {
        try (TestServer server = TestServer.start()) {
            server.dokku("apps:create", "hello");
            assertThat(server.ssh("buildpacks:detect", "hello").text()).contains("Nothing of hello is deployed yet");
            WorkTree tree = server.repository("hello");
            tree.commit(Map.of("web/package.json", "{}", "go.mod", "module x\n"));
            tree.git("push", "-q", "dokku", "HEAD:feature");
            assertThat(server.dokku("buildpacks:detect", "hello", "--branch", "feature")).contains("       go: detected by go.mod\n");
            server.dokku("builder:set", "hello", "build-dir", "web");
            assertThat(server.dokku("buildpacks:detect", "hello", "--branch", "feature")).contains("       nodejs: detected by package.json\n");
            assertThat(server.ssh("buildpacks:detect", "hello", "--branch", "../x").text()).contains("has no branch ../x");
            assertThat(server.ssh("buildpacks:detect", "hello").text()).contains("Nothing of hello is deployed yet");
        }
    }
}
