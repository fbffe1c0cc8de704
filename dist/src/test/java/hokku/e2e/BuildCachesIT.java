package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What builds of an app keep for the next ones: how long it stays, and how it goes.
class BuildCachesIT {
    @RegisterExtension
    static final BuildpackServer SHARED = new BuildpackServer();

    private static final String COUNT = "echo $(( $(cat $2/count || echo 0) + 1 )) >$2/count; echo this is build $(cat $2/count)";

    private TestServer server;
    private String app;
    private WorkTree tree;
    private List<String> before;

    @BeforeEach
    void deploy(TestInfo test) throws Exception {
        server = SHARED.server();
        before = caches();
        app = "cache-" + Integer.toHexString(test.getDisplayName().hashCode());
        tree = server.repository(app);
        assertThat(next("one")).isEqualTo("this is build 1");
        assertThat(caches()).hasSize(before.size() + 1);
    }

    private List<String> caches() throws IOException, InterruptedException {
        return server.engine().owned(server.instance()).stream().filter(each -> each.startsWith("volume ")).toList();
    }

    /// What the next build says.
    private String next(String page) throws IOException, InterruptedException {
        tree.commit(Sources.compiled(page, COUNT));
        String said = SHARED.accepted(tree).err();
        return said.substring(said.indexOf("this is build")).lines().findFirst().orElseThrow().strip();
    }

    @Test
    void aCacheGoesWithItsApp() throws Exception {
        assertThat(next("two")).isEqualTo("this is build 2");

        server.dokku("apps:destroy", app, "--force");

        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(caches()).isEqualTo(before));
        assertThat(next("three")).isEqualTo("this is build 1");
    }

    @Test
    void aCacheGoesThroughARename() throws Exception {
        server.dokku("apps:rename", app, app + "-renamed");
        tree.git("remote", "set-url", "dokku", server.remote(app + "-renamed"));

        assertThat(next("two")).isEqualTo("this is build 2");
        assertThat(caches()).hasSize(before.size() + 1);
    }

    @Test
    void aCacheIsEmptiedByACommand() throws Exception {
        server.dokku("repo:purge-cache", app);

        assertThat(next("two")).isEqualTo("this is build 1");
        assertThat(server.get(app)).isEqualTo(new Web.Answer(200, "two"));
    }

    @Test
    void aCacheThatHasGrownBeyondItsBoundIsEmptiedAfterTheBuild() throws Exception {
        server.dokku("builder-buildstep:set", app, "cache-size", "64m");
        tree.commit(Sources.compiled("large", COUNT + "; head -c 70000000 /dev/urandom >$2/large"));

        assertThat(SHARED.accepted(tree).err()).contains("this is build 2", "beyond builder-buildstep cache-size");

        assertThat(next("two")).isEqualTo("this is build 1");
    }
}
