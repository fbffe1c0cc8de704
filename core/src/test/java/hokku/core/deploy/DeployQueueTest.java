package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hokku.api.AppName;
import hokku.api.UserError;
import hokku.testkit.RecordingOutput;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class DeployQueueTest {
    private static final AppName APP = AppName.of("hello");

    private final DeployQueue queue = new DeployQueue(java.time.Clock.systemUTC());
    private final List<String> done = new CopyOnWriteArrayList<>();

    /// A deploy on a thread of its own, which ends when it is told to.
    private final class Deploy {
        private final RecordingOutput out = new RecordingOutput();
        private final CountDownLatch end = new CountDownLatch(1);
        private final CompletableFuture<String> outcome = new CompletableFuture<>();
        private final Thread thread;

        Deploy(AppName app, String commit) {
            thread = Thread.ofVirtual().start(() -> {
                try (DeployQueue.Turn _ = queue.take(app, commit, "alice", out)) {
                    done.add(commit);
                    end.await();
                    outcome.complete("done");
                } catch (UserError superseded) {
                    outcome.complete(superseded.getMessage());
                } catch (InterruptedException cancelled) {
                    outcome.complete("cancelled");
                }
            });
        }

        Deploy runs() {
            await().until(() -> done.size() > 0 && queue.isDeploying(APP));
            return this;
        }

        Deploy waits() {
            await().until(() -> out.text().contains("Waiting for"));
            return this;
        }
    }

    @Test
    void aSecondDeployWaitsAndSaysForWhom() {
        Deploy first = new Deploy(APP, "aaaaaaaaaaaa").runs();
        Deploy second = new Deploy(APP, "bbbbbbbbbbbb").waits();
        assertThat(second.out.text()).contains("Waiting for the deploy of aaaaaaaa by alice");

        first.end.countDown();

        await().until(() -> done.size() == 2);
        second.end.countDown();
        assertThat(second.outcome.join()).isEqualTo("done");
        await().until(() -> !queue.isDeploying(APP));
    }

    @Test
    void aNewerDeployTakesThePlaceOfOneThatStillWaits() {
        Deploy first = new Deploy(APP, "aaaaaaaaaaaa").runs();
        Deploy second = new Deploy(APP, "bbbbbbbbbbbb").waits();
        Deploy third = new Deploy(APP, "cccccccccccc").waits();

        assertThat(second.outcome.join()).contains("A newer push (cccccccc by alice) took the place");
        first.end.countDown();
        await().until(() -> done.equals(List.of("aaaaaaaaaaaa", "cccccccccccc")));
        third.end.countDown();
        assertThat(third.outcome.join()).isEqualTo("done");
    }

    @Test
    void aClientThatIsGoneGivesUpItsTurn() {
        Deploy first = new Deploy(APP, "aaaaaaaaaaaa").runs();
        Deploy second = new Deploy(APP, "bbbbbbbbbbbb").waits();

        second.thread.interrupt();

        assertThat(second.outcome.join()).isEqualTo("cancelled");
        first.end.countDown();
        assertThat(first.outcome.join()).isEqualTo("done");
        await().until(() -> !queue.isDeploying(APP));
    }

    @Test
    void appsDoNotWaitForEachOther() {
        Deploy first = new Deploy(APP, "aaaaaaaaaaaa").runs();
        Deploy other = new Deploy(AppName.of("other"), "bbbbbbbbbbbb");

        await().until(() -> done.size() == 2);
        first.end.countDown();
        other.end.countDown();
        assertThat(first.outcome.join()).isEqualTo("done");
        assertThat(other.outcome.join()).isEqualTo("done");
    }

    @Test
    void cancellingInterruptsWhatRunsAndWhatWaits() {
        Deploy first = new Deploy(APP, "aaaaaaaaaaaa").runs();
        Deploy second = new Deploy(APP, "bbbbbbbbbbbb").waits();

        assertThat(queue.cancel(APP, "bob").what()).containsExactly("aaaaaaaa by alice", "bbbbbbbb by alice");

        assertThat(first.outcome.join()).isEqualTo("cancelled");
        assertThat(second.outcome.join()).isEqualTo("The deploy was cancelled by bob");
        assertThat(queue.cancel(AppName.of("other"), "bob").what()).isEmpty();
    }

    @Test
    void upkeepTakesOnlyAFreeTurn() {
        Deploy first = new Deploy(APP, "aaaaaaaaaaaa").runs();
        assertThat(queue.takeIfFree(APP, "a cleanup")).isEmpty();
        first.end.countDown();
        await().until(() -> !queue.isDeploying(APP));

        try (DeployQueue.Turn _ = queue.takeIfFree(APP, "a cleanup").orElseThrow()) {
            assertThat(queue.isDeploying(APP)).isTrue();
        }
        assertThat(queue.isDeploying(APP)).isFalse();
    }

    @Test
    void cancellingLeavesUpkeepAlone() throws Exception {
        try (DeployQueue.Turn _ = queue.takeIfFree(APP, "the upkeep").orElseThrow()) {
            assertThat(queue.cancel(APP, "bob").what()).isEmpty();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(new Deploy(APP, "aaaaaaaaaaaa").waits().out.text()).contains("Waiting for the upkeep by the server");
        } finally {
            Thread.interrupted();
        }
        await().until(() -> done.size() == 1);
        queue.cancel(APP, "bob");
    }

    @Test
    void aDeployWhosePlaceWasTakenNeverRunsHoweverLateItIsTold() {
        for (int round = 0; round < 200; round++) {
            DeployQueue one = new DeployQueue(java.time.Clock.systemUTC());
            java.util.concurrent.atomic.AtomicInteger together = new java.util.concurrent.atomic.AtomicInteger();
            java.util.concurrent.atomic.AtomicInteger most = new java.util.concurrent.atomic.AtomicInteger();
            try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
                for (int each = 0; each < 6; each++) {
                    threads.execute(() -> {
                        try (DeployQueue.Turn _ = one.take(APP, "aaaaaaaaaaaa", "alice", new RecordingOutput())) {
                            most.accumulateAndGet(together.incrementAndGet(), Math::max);
                            Thread.yield();
                            together.decrementAndGet();
                        } catch (UserError superseded) {
                            Thread.yield();
                        } catch (InterruptedException never) {
                            throw new IllegalStateException(never);
                        }
                    });
                }
            }
            assertThat(most).hasValue(1);
            assertThat(one.isDeploying(APP)).isFalse();
        }
    }
}
