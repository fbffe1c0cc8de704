package hokku.core.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import hokku.api.Attachment;
import hokku.api.Engine;
import hokku.api.EngineAddress;
import hokku.api.Env;
import hokku.api.UserError;
import hokku.api.spi.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// What an engine does with commands and containers, however it is reached.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DockerEngineContract {
    private static final String INSTANCE = "test-" + UUID.randomUUID();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private DockerEngine engine;

    /// The way to an engine that has the image `busybox:latest`.
    abstract EngineAddress address() throws Exception;

    @BeforeAll
    void open() throws Exception {
        engine = new DockerEngine(address(), INSTANCE);
    }

    @AfterAll
    void close() throws IOException {
        engine.close();
    }

    @BeforeEach
    void nothingWasWritten() {
        out.reset();
        err.reset();
    }

    @AfterEach
    void nothingStays() {
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            List<Container> left = engine.client().listContainersCmd().withShowAll(true)
                    .withLabelFilter(Map.of(Engine.INSTANCE_LABEL, INSTANCE)).exec();
            left.forEach(this::remove);
            return left.isEmpty();
        });
    }

    /// Some containers remove themselves, and may be about to.
    private void remove(Container container) {
        try {
            engine.client().removeContainerCmd(container.getId()).withForce(true).exec();
        } catch (NotFoundException | ConflictException going) {
            // Asked for again until it is gone.
        }
    }

    @Test
    void theClientIsThereWithoutWaitingForIt() throws Exception {
        EngineAddress address = address();
        long before = System.nanoTime();
        DockerEngine another = new DockerEngine(address, INSTANCE);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofMillis(300));
        assertThat(another.client().versionCmd().exec().getVersion()).isNotEmpty();
        assertThat(another.instance()).isEqualTo(INSTANCE);
        another.close();
    }

    @Test
    void execPassesOnTheEndOfItsInput() throws Exception {
        String container = sleeping();
        assertThat(engine.exec(container, List.of("sh", "-c", "cat | wc -c"), Env.EMPTY, input("0123456789"))).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8).strip()).isEqualTo("10");
    }

    @Test
    void execTakesAHundredMegabytesQuickly() throws Exception {
        String container = sleeping();
        long before = System.nanoTime();
        assertThat(engine.exec(container, List.of("wc", "-c"), Env.EMPTY,
                Attachment.of(new Zeros(100_000_000), out, err, Optional.empty()))).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8).strip()).isEqualTo("100000000");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void execEchoesALargeInputWithoutADeadlock() throws Exception {
        String container = sleeping();
        Counter counter = new Counter();
        assertThat(engine.exec(container, List.of("cat"), Env.EMPTY,
                Attachment.of(new Zeros(20_000_000), counter, err, Optional.empty()))).isZero();
        assertThat(counter.count).isEqualTo(20_000_000);
    }

    @Test
    void execTellsExitCodeBothStreamsAndVariables() throws Exception {
        String container = sleeping();
        int code = engine.exec(container, List.of("sh", "-c", "echo \"$GREETING\"; echo no >&2; exit 7"),
                Env.EMPTY.with("GREETING", "it's a \"day\""), input(""));
        assertThat(code).isEqualTo(7);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("it's a \"day\"\n");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("no\n");
    }

    @Test
    void aCommandThatIsNotThereEndsLikeInAShell() throws Exception {
        assertThat(engine.exec(sleeping(), List.of("no-such-command"), Env.EMPTY, input(""))).isIn(126, 127);
    }

    @Test
    void execInAContainerThatHasEndedIsRefused() {
        String container = created("true");
        assertThatThrownBy(() -> engine.exec(container, List.of("true"), Env.EMPTY, input("")))
                .isInstanceOf(UserError.class).hasMessage("Container is not running");
    }

    @Test
    void execReturnsWhenTheCommandEndsAlthoughItsInputIsStillOpen() throws Exception {
        try (PipedOutputStream open = new PipedOutputStream()) {
            Attachment attachment = Attachment.of(new PipedInputStream(open), out, err, Optional.empty());
            assertThat(engine.exec(sleeping(), List.of("echo", "hello"), Env.EMPTY, attachment)).isZero();
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("hello\n");
    }

    @Test
    void aTerminalHasTheSizeOfTheWindowAndFollowsIt() throws Exception {
        String container = sleeping();
        Window window = new Window(100, 40);
        // Not a PipedInputStream: that one fails when the thread that wrote last is gone.
        Pipe typed = Pipe.open();
        try (OutputStream keys = Channels.newOutputStream(typed.sink())) {
            CompletableFuture<Integer> code = new CompletableFuture<>();
            Attachment attachment = Attachment.of(Channels.newInputStream(typed.source()), out, err, Optional.of(window));
            Thread.ofVirtual().start(() -> {
                try {
                    code.complete(engine.exec(container, List.of("sh"), Env.EMPTY, attachment));
                } catch (InterruptedException | RuntimeException e) {
                    code.completeExceptionally(e);
                }
            });
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                type(keys, "stty size; echo $TERM\n");
                assertThat(out.toString(StandardCharsets.UTF_8)).contains("40 100").contains("xterm-test");
            });
            window.resize(120, 50);
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                type(keys, "stty size\n");
                assertThat(out.toString(StandardCharsets.UTF_8)).contains("50 120");
            });
            type(keys, "exit 3\n");
            assertThat(code.get()).isEqualTo(3);
        }
    }

    @Test
    void anInterruptedExecLeavesNoProcessBehind() throws Exception {
        String container = sleeping();
        try (PipedOutputStream open = new PipedOutputStream()) {
            Attachment attachment = Attachment.of(new PipedInputStream(open), out, err, Optional.empty());
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread caller = Thread.ofVirtual().start(() -> {
                try {
                    engine.exec(container, List.of("sh", "-c", "trap '' TERM HUP; echo ready; sleep 4321 & sleep 4322"),
                            Env.EMPTY, attachment);
                } catch (InterruptedException | RuntimeException e) {
                    thrown.set(e);
                }
            });
            await().until(() -> out.toString(StandardCharsets.UTF_8).contains("ready"));
            await().until(() -> processes(container).contains("sleep 4322"));
            caller.interrupt();
            caller.join();
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            await().untilAsserted(() -> assertThat(processes(container)).doesNotContain("4321").doesNotContain("4322"));
        }
    }

    @Test
    void aClientThatIsGoneEndsTheCommand() throws Exception {
        String container = sleeping();
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("gone");
            }
        };
        assertThatThrownBy(() -> engine.exec(container, List.of("sh", "-c", "echo hello; sleep 4323"), Env.EMPTY,
                Attachment.of(InputStream.nullInputStream(), broken, err, Optional.empty())))
                .isInstanceOf(InterruptedException.class);
        // All of its group were signalled together; on a busy machine one ends a moment after the other.
        await().untilAsserted(() -> assertThat(processes(container)).doesNotContain("4323"));
    }

    @Test
    void runPassesInputToItsEndAndTellsTheExitCode() throws Exception {
        String container = created("sh", "-c", "wc -c; exit 9");
        assertThat(engine.run(container, Attachment.of(new Zeros(10_000_000), out, err, Optional.empty()))).isEqualTo(9);
        assertThat(out.toString(StandardCharsets.UTF_8).strip()).isEqualTo("10000000");
    }

    @Test
    void runTellsTheExitCodeOfAContainerThatRemovesItself() throws Exception {
        CreateContainerCmd create = creation("sh", "-c", "echo bye; exit 4");
        String container = create.withHostConfig(HostConfig.newHostConfig().withAutoRemove(true).withNetworkMode("none")).exec()
                .getId();
        assertThat(engine.run(container, input(""))).isEqualTo(4);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("bye\n");
    }

    @Test
    void anInterruptedRunKillsTheContainer() throws Exception {
        String container = created("sh", "-c", "trap '' TERM; echo ready; sleep 4324");
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                engine.run(container, input(""));
            } catch (InterruptedException | RuntimeException e) {
                thrown.set(e);
            }
        });
        await().until(() -> out.toString(StandardCharsets.UTF_8).contains("ready"));
        caller.interrupt();
        caller.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(engine.client().inspectContainerCmd(container).exec().getState().getRunning()).isFalse();
    }

    @Test
    void aContainerThatCannotStartSaysWhy() {
        String container = created("/no/such/program");
        assertThatThrownBy(() -> engine.run(container, input(""))).hasMessageContaining("/no/such/program");
    }

    @Test
    void logsAreFollowedAsTheyAreWrittenAndToTheirEnd() throws Exception {
        String container = created("sh", "-c", "echo one; read line; echo $line");
        List<String> lines = new CopyOnWriteArrayList<>();
        CompletableFuture<Integer> code = new CompletableFuture<>();
        Pipe typed = Pipe.open();
        try (OutputStream keys = Channels.newOutputStream(typed.sink())) {
            Attachment attachment = Attachment.of(Channels.newInputStream(typed.source()), out, err, Optional.empty());
            Thread.ofVirtual().start(() -> {
                try {
                    code.complete(engine.run(container, attachment));
                } catch (InterruptedException | RuntimeException e) {
                    code.completeExceptionally(e);
                }
            });
            await().until(() -> out.toString(StandardCharsets.UTF_8).contains("one"));
            ResultCallback.Adapter<Frame> following = engine.client().logContainerCmd(container).withStdOut(true).withFollowStream(true).exec(
                    new ResultCallback.Adapter<>() {
                        @Override
                        public void onNext(Frame frame) {
                            lines.add(new String(frame.getPayload(), StandardCharsets.UTF_8));
                        }
                    });
            await().until(() -> lines.contains("one\n"));
            type(keys, "two\n");
            assertThat(following.awaitCompletion(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(lines).contains("two\n");
        assertThat(code.get()).isZero();
    }

    @Test
    void eventsAreToldAsTheyHappenUntilNobodyListens() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (ResultCallback.Adapter<Event> listening = engine.client().eventsCmd().withLabelFilter(Engine.INSTANCE_LABEL + "=" + INSTANCE).exec(
                new ResultCallback.Adapter<>() {
                    @Override
                    public void onNext(Event event) {
                        seen.add(event.getAction());
                    }
                })) {
            assertThat(listening.awaitStarted(20, TimeUnit.SECONDS)).isNotNull();
            engine.client().startContainerCmd(created("true")).exec();
            await().untilAsserted(() -> assertThat(seen).contains("create", "start", "die"));
        }
    }

    @Test
    void imagesAreBuilt() throws Exception {
        InputStream context = FilesArchive.of(Map.of("/Dockerfile", ("FROM busybox:latest\nCOPY greeting /greeting\nLABEL "
                + Engine.INSTANCE_LABEL + "=" + INSTANCE).getBytes(StandardCharsets.UTF_8), "/greeting", "hello".getBytes(StandardCharsets.UTF_8)));
        String image = engine.client().buildImageCmd(context).withTags(Set.of("hokku-" + INSTANCE + ":1")).start().awaitImageId(50, TimeUnit.SECONDS);
        try {
            String container = engine.client().createContainerCmd(image).withLabels(Map.of(Engine.INSTANCE_LABEL, INSTANCE)).exec().getId();
            assertThat(engine.file(container, "/greeting")).hasValueSatisfying(read -> assertThat(read).asString().isEqualTo("hello"));
            engine.client().removeContainerCmd(container).exec();
        } finally {
            engine.client().removeImageCmd(image).withForce(true).exec();
        }
    }

    private Attachment input(String text) {
        return Attachment.of(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), out, err, Optional.empty());
    }

    private static void type(OutputStream keys, String text) throws IOException {
        keys.write(text.getBytes(StandardCharsets.UTF_8));
        keys.flush();
    }

    private String processes(String container) {
        return Arrays.deepToString(engine.client().topContainerCmd(container).exec().getProcesses());
    }

    private String sleeping() {
        String container = created("sleep", "600");
        engine.client().startContainerCmd(container).exec();
        return container;
    }

    private String created(String... command) {
        return creation(command).exec().getId();
    }

    private CreateContainerCmd creation(String... command) {
        return engine.client().createContainerCmd("busybox:latest").withCmd(command).withStdinOpen(true).withStdInOnce(true)
                .withAttachStdin(true)
                .withHostConfig(HostConfig.newHostConfig().withNetworkMode("none"))
                .withLabels(Map.of(Engine.INSTANCE_LABEL, INSTANCE));
    }

    private static final class Window implements Terminal {
        private volatile int columns;
        private volatile int rows;
        private volatile Runnable listener = () -> {};

        Window(int columns, int rows) {
            this.columns = columns;
            this.rows = rows;
        }

        void resize(int toColumns, int toRows) {
            columns = toColumns;
            rows = toRows;
            listener.run();
        }

        @Override
        public String type() {
            return "xterm-test";
        }

        @Override
        public int columns() {
            return columns;
        }

        @Override
        public int rows() {
            return rows;
        }

        @Override
        public void onResize(Runnable added) {
            listener = added;
        }
    }

    private static final class Zeros extends InputStream {
        private long left;

        Zeros(long count) {
            left = count;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int count = (int) Math.min(length, left);
            left -= count;
            return count;
        }
    }

    private static final class Counter extends OutputStream {
        private long count;

        @Override
        public void write(int b) {
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            count += length;
        }
    }
}
