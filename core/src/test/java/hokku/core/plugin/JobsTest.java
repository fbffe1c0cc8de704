package hokku.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import hokku.api.spi.Job;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Jobs of plugins that come and go.
class JobsTest {
    @TempDir
    private Path folder;
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private final AtomicInteger interrupts = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void letThemEnd() {
        end.countDown();
    }

    @Test
    void aRunThatIgnoresTheSwapIsNotOverlappedByTheNextOne() throws Exception {
        try (HostedPlugins plugins = new HostedPlugins(folder).start(builtIn(new Stubborn()))) {
            plugins.host.startJobs();
            await().untilAsserted(() -> assertThat(runs).hasValue(1));
            plugins.host.reload();
            await().untilAsserted(() -> assertThat(interrupts).hasValue(1));
            end.countDown();
            await().untilAsserted(() -> assertThat(runs).hasValueGreaterThan(3));
            assertThat(mostAtOnce).hasValue(1);
        }
    }

    @Test
    void jobsWaitUntilTheServerIsReadyForThem() throws Exception {
        end.countDown();
        try (HostedPlugins plugins = new HostedPlugins(folder).start(builtIn(new Stubborn()))) {
            plugins.host.reload();
            assertThat(runs).hasValue(0);
            plugins.host.startJobs();
            await().untilAsserted(() -> assertThat(runs).hasValueGreaterThan(1));
        }
        int after = runs.get();
        await().pollDelay(Duration.ofMillis(50)).untilAsserted(() -> assertThat(runs).hasValueLessThanOrEqualTo(after + 1));
    }

    @Test
    void aFailureIsKnownUntilARunSucceeds() throws Exception {
        AtomicReference<Optional<String>> failure = new AtomicReference<>(Optional.of("no broom"));
        try (HostedPlugins plugins = new HostedPlugins(folder).start(builtIn(new Fragile(failure)))) {
            plugins.host.startJobs();
            await().untilAsserted(() -> assertThat(plugins.host.failedJobs()).extracting(FailedJob::plugin, FailedJob::job, FailedJob::reason)
                    .containsExactly(tuple("core", "fragile", "no broom")));
            failure.set(Optional.empty());
            await().untilAsserted(() -> assertThat(plugins.host.failedJobs()).isEmpty());
        }
    }

    /// Fails with a reason, as long as there is one.
    private record Fragile(AtomicReference<Optional<String>> failure) implements Job {
        @Override
        public String name() {
            return "fragile";
        }

        @Override
        public When when() {
            return new When.Every(Duration.ofMillis(2));
        }

        @Override
        public void run() {
            failure.get().ifPresent(reason -> {
                throw new IllegalStateException(reason);
            });
        }
    }

    private static BuiltIn builtIn(Job job) {
        return new BuiltIn("core", "1.0.0", "", (context, to) -> to.job(job));
    }

    /// Does not let itself be interrupted.
    private final class Stubborn implements Job {
        @Override
        public String name() {
            return "stubborn";
        }

        @Override
        public When when() {
            return new When.Every(Duration.ofMillis(2));
        }

        @Override
        public void run() {
            runs.incrementAndGet();
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            boolean done = false;
            while (!done) {
                try {
                    end.await();
                    done = true;
                } catch (InterruptedException e) {
                    interrupts.incrementAndGet();
                }
            }
            atOnce.decrementAndGet();
        }
    }
}
