package hokku.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.BuiltImage;
import hokku.api.Env;
import hokku.api.Global;
import hokku.api.Identity;
import hokku.api.Output;
import hokku.api.ProcessType;
import hokku.api.Source;
import hokku.api.SourceTree;
import hokku.api.UserError;
import hokku.api.spi.Builder;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every builder must do. A test of a builder extends this.
@Timeout(120)
public abstract class BuilderContract {
    protected static final Duration CANCELLED_WITHIN = Duration.ofSeconds(3);

    /// The last one that was used: a number is never used again.
    private final AtomicInteger number = new AtomicInteger();
    private final App app = App.create(AppName.of("contract"), AppId.random(), Instant.EPOCH, Global.EMPTY);

    /// The builder, the same one at each call within a test.
    protected abstract Builder builder();

    /// Files that the builder takes and builds; one line of the build's output contains `hello`.
    protected abstract SourceTree good();

    /// Files that the builder takes, and whose build fails.
    protected abstract SourceTree failing();

    /// Files whose build prints `waiting` and never ends by itself.
    protected abstract SourceTree endless();

    /// Files that are for another builder.
    protected abstract SourceTree foreign();

    /// What is there of what builders leave: containers and images that a test can look at.
    protected abstract Set<String> remains() throws Exception;

    protected final Source source(SourceTree tree) {
        return new Source(app, number.incrementAndGet(), "c".repeat(40), tree, Env.EMPTY, Identity.SERVER, Instant.EPOCH);
    }

    @Test
    void itTakesWhatIsItsOwnAndNothingElse() throws Exception {
        assertThat(builder().accepts(source(good()))).isTrue();
        assertThat(builder().accepts(source(foreign()))).isFalse();
        assertThat(builder().accepts(source(FakeSourceTree.EMPTY))).isFalse();
        assertThat(builder().name()).matches("[a-z][a-z0-9-]*");
        assertThat(builder().wants()).isNotBlank();
    }

    @Test
    void aGoodSourceBecomesAnImageWithAProcess() throws Exception {
        Source source = source(good());
        RecordingOutput out = new RecordingOutput();
        BuiltImage image = builder().build(source, out);
        assertThat(image.source()).isSameAs(source);
        assertThat(image.builder()).isEqualTo(builder().name());
        assertThat(image.id()).startsWith("sha256:");
        assertThat(image.processes()).containsKey(ProcessType.WEB);
        assertThat(out.text()).contains("hello");
    }

    @Test
    void aSourceThatCannotBeBuiltIsRefusedAndLeavesNothing() throws Exception {
        Set<String> before = remains();
        assertThatThrownBy(() -> builder().build(source(failing()), new RecordingOutput())).isInstanceOf(UserError.class);
        assertThat(remains()).isEqualTo(before);
    }

    @Test
    void anInterruptEndsTheBuildSoonAndLeavesNothing() throws Exception {
        Set<String> before = remains();
        CountDownLatch waiting = new CountDownLatch(1);
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Output out = new LineWatch("waiting", waiting);
        Thread build = Thread.ofVirtual().start(() -> {
            try {
                builder().build(source(endless()), out);
                end.complete(new AssertionError("the build has ended by itself"));
            } catch (Throwable thrown) {
                end.complete(thrown);
            }
        });
        assertThat(waiting.await(60, TimeUnit.SECONDS)).isTrue();
        build.interrupt();
        assertThat(end.get(CANCELLED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)).isInstanceOf(InterruptedException.class);
        assertThat(remains()).isEqualTo(before);
    }

    @Test
    void buildsOfDifferentAppsRunSideBySide() throws Exception {
        CompletableFuture<BuiltImage> other = new CompletableFuture<>();
        App second = App.create(AppName.of("contract-2"), AppId.random(), Instant.EPOCH, Global.EMPTY);
        Source source = new Source(second, 1, "c".repeat(40), good(), Env.EMPTY, Identity.SERVER, Instant.EPOCH);
        Thread.ofVirtual().start(() -> {
            try {
                other.complete(builder().build(source, new RecordingOutput()));
            } catch (Exception failure) {
                other.completeExceptionally(failure);
            }
        });
        assertThat(builder().build(source(good()), new RecordingOutput()).source().app()).isEqualTo(app);
        assertThat(other.get(60, TimeUnit.SECONDS).source().app()).isEqualTo(second);
    }

    @Test
    void nothingIsPurgedOfAnAppThatWasNeverBuilt() throws Exception {
        Set<String> before = remains();
        builder().purgeCache(App.create(AppName.of("never-built"), AppId.random(), Instant.EPOCH, Global.EMPTY));
        assertThat(remains()).isEqualTo(before);
    }

    @Test
    void aBuildAfterAPurgeMakesAnImageAgain() throws Exception {
        builder().build(source(good()), new RecordingOutput());
        builder().purgeCache(app);
        builder().purgeCache(app);
        assertThat(builder().build(source(good()), new RecordingOutput()).processes()).containsKey(ProcessType.WEB);
    }

    /// Waits for a word among the lines of a build.
    private record LineWatch(String word, CountDownLatch seen) implements Output {
        @Override
        public void step(String text) {
            line(text);
        }

        @Override
        public void milestone(String text) {
            line(text);
        }

        @Override
        public void detail(String text) {
            line(text);
        }

        @Override
        public void warn(String text) {
            line(text);
        }

        @Override
        public void line(String text) {
            // what a Dockerfile says is printed before it is done
            if (text.strip().equals(word)) {
                seen.countDown();
            }
        }
    }
}
