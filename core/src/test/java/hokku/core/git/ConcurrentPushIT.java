package hokku.core.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What happens to a push while its deploy, or another one, goes on.
@Timeout(60)
class ConcurrentPushIT extends PushFixture {
    @Test
    void aChildPushedWhileItsParentIsBuiltIsDeployedToo() throws Exception {
        String first = client.commit("a", "1");
        CountDownLatch building = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        deploy = (push, out) -> {
            building.countDown();
            assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
        };
        Process one = client.start("push", "dokku", "master");
        assertThat(building.await(20, TimeUnit.SECONDS)).isTrue();
        String second = client.commit("a", "2");
        Process two = client.start("push", "dokku", "master");
        await().atMost(Duration.ofSeconds(20)).until(() -> queue.hasQueuedThreads());
        go.countDown();
        assertThat(text(one)).contains("[new branch]");
        assertThat(text(two)).contains("[new branch]");
        assertThat(deployed).containsExactly(first, second);
        assertThat(repositories.tip(APP, MASTER)).contains(second);
    }

    @Test
    void aPushThatDoesNotBuildOnWhatWentLiveMeanwhileIsRefusedBeforeAnyBuild() throws Exception {
        client.commit("a", "0");
        client.ok("push", "dokku", "master");
        CountDownLatch building = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        deploy = (push, out) -> {
            building.countDown();
            assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
        };
        client.ok("branch", "other");
        String first = client.commit("a", "1");
        Process one = client.start("push", "dokku", "master");
        assertThat(building.await(20, TimeUnit.SECONDS)).isTrue();
        client.ok("checkout", "-q", "other");
        client.commit("b", "2");
        Process two = client.start("push", "dokku", "other:master");
        await().atMost(Duration.ofSeconds(20)).until(() -> queue.hasQueuedThreads());
        go.countDown();
        assertThat(text(one)).contains("master -> master");
        assertThat(text(two)).contains("[remote rejected] other -> master (master was moved to")
                .contains("Fetch and merge it, then push again");
        assertThat(repositories.tip(APP, MASTER)).contains(first);
        assertThat(deployed).hasSize(2);
    }

    @Test
    void aClientThatGoesAwayCancelsItsDeploy() throws Exception {
        client.commit("a", "1");
        CountDownLatch building = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        deploy = (push, out) -> {
            building.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                cancelled.countDown();
            }
        };
        Process push = client.start("push", "dokku", "master");
        assertThat(building.await(20, TimeUnit.SECONDS)).isTrue();
        push.descendants().forEach(ProcessHandle::destroyForcibly);
        push.destroyForcibly();
        assertThat(cancelled.await(5, TimeUnit.SECONDS)).isTrue();
        await().atMost(Duration.ofSeconds(5)).until(() -> !queue.isLocked());
        assertThat(repositories.tip(APP, MASTER)).isEmpty();
    }

    private static String text(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return output;
    }
}
