package hokku.dockerlocal;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.WaitResponse;
import hokku.api.Attachment;
import hokku.api.Check;
import hokku.api.Engine;
import hokku.api.Env;
import hokku.api.Output;
import hokku.api.ProcessSpec;
import hokku.containers.CheckRun;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits until a container that was just started passed its checks, or shows that it will not.
///
/// All checks run side by side; the end of the container ends them at once.
final class Preflight {
    private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);

    private final Engine engine;
    private final String container;
    private final ProcessSpec spec;
    private final String dyno;
    private final Output out;

    /// When it was started, once that is known: another time means that it ended in between.
    private String startedAt = "";

    /// What happens to the container, in order.
    private sealed interface News {}

    private record Ended() implements News {}

    private record Verdict(CheckRun run, boolean passed) implements News {}

    private record Broken(RuntimeException cause) implements News {}

    Preflight(Engine engine, String container, ProcessSpec spec, String dyno, Output out) {
        this.engine = engine;
        this.container = container;
        this.spec = spec;
        this.dyno = dyno;
        this.out = out;
    }

    /// @throws StartFailure when the container ends or does not pass in time
    void pass() throws StartFailure, InterruptedException {
        InspectContainerResponse state = inspect();
        out.detail("Attempting pre-flight checks (" + dyno + ")");
        startedAt = state.getState().getStartedAt();
        Instant started = Instant.parse(startedAt);
        CheckRun.Subject subject = new Subject(engine, container, address(state));
        BlockingQueue<News> news = new LinkedBlockingQueue<>();
        List<CheckRun> pending = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        try (ResultCallback<WaitResponse> ending = awaitEnd(news)) {
            for (Check check : spec.checks()) {
                CheckRun run = new CheckRun(check, subject, routed(), started);
                pending.add(run);
                threads.add(Thread.ofVirtual().name("check-" + dyno).start(() -> report(run, news)));
            }
            heed(news, pending);
            LOG.debug("Container {} passed, {} is closed", container, ending);
        } catch (IOException e) {
            LOG.debug("Cannot close a stream of the engine", e);
        } finally {
            threads.forEach(Thread::interrupt);
        }
        out.detail("All checks successful (" + dyno + ")");
    }

    private void heed(BlockingQueue<News> news, List<CheckRun> pending) throws StartFailure, InterruptedException {
        long deadline = System.nanoTime() + spec.startTimeout().toNanos();
        while (!pending.isEmpty()) {
            switch (news.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                case Ended() -> throw ended();
                case Broken(RuntimeException cause) -> throw cause;
                case Verdict(CheckRun run, boolean passed) -> {
                    pending.remove(run);
                    if (!passed && !run.check().warn()) {
                        throw failed(run);
                    }
                    if (!passed) {
                        out.warn("Healthcheck " + run.check().name() + " failed (" + dyno + "): " + run.reason());
                    }
                }
                case null -> {
                    List<CheckRun> binding = pending.stream().filter(run -> !run.check().warn()).toList();
                    if (!binding.isEmpty()) {
                        throw failed(binding.getFirst());
                    }
                    out.warn("Healthchecks did not end within " + spec.startTimeout().toSeconds() + " s (" + dyno + "): "
                            + pending.stream().map(run -> run.check().name()).collect(Collectors.joining(", ")));
                    return;
                }
            }
        }
    }

    private static void report(CheckRun run, BlockingQueue<News> news) {
        try {
            news.add(new Verdict(run, run.passes()));
        } catch (InterruptedException e) {
            LOG.debug("A check was given up", e);
        } catch (RuntimeException e) {
            news.add(new Broken(e));
        }
    }

    private ResultCallback<WaitResponse> awaitEnd(BlockingQueue<News> news) {
        return engine.client().waitContainerCmd(container).exec(new ResultCallback.Adapter<>() {
            @Override
            public void onNext(WaitResponse end) {
                news.add(new Ended());
            }

            @Override
            public void onError(Throwable error) {
                // The engine went away: whoever asks it next says so. Closing the stream comes here as well.
                LOG.debug("The end of container {} cannot be seen any more", container, error);
            }
        });
    }

    /// @throws StartFailure when the container does not run
    InspectContainerResponse inspect() throws StartFailure {
        try {
            InspectContainerResponse state = engine.client().inspectContainerCmd(container).exec();
            if (!Boolean.TRUE.equals(state.getState().getRunning()) || Boolean.TRUE.equals(state.getState().getRestarting())) {
                throw ended(state);
            }
            if (!startedAt.isEmpty() && !startedAt.equals(state.getState().getStartedAt())) {
                throw new StartFailure(container, dyno, "it ended and was started again while it was checked");
            }
            return state;
        } catch (NotFoundException e) {
            throw new StartFailure(container, dyno, "somebody removed its container", e);
        }
    }

    private StartFailure ended() {
        try {
            return ended(engine.client().inspectContainerCmd(container).exec());
        } catch (NotFoundException e) {
            return new StartFailure(container, dyno, "somebody removed its container", e);
        }
    }

    private StartFailure ended(InspectContainerResponse state) {
        InspectContainerResponse.ContainerState end = state.getState();
        long code = end.getExitCodeLong() == null ? 0 : end.getExitCodeLong();
        if (Boolean.TRUE.equals(end.getOOMKilled())) {
            String limit = spec.memory().isPresent() ? " (" + spec.memory().getAsLong() / (1024 * 1024) + " MB)" : "";
            return new StartFailure(container, dyno, "it was killed because it used more memory than it may" + limit
                    + ", exit code " + code);
        }
        Duration lived = lived(end);
        String meaning = switch ((int) code) {
            case 0 -> ", although a process must go on running";
            case 126 -> ": its command cannot be executed";
            case 127 -> ": its command was not found";
            case 137 -> ": something killed it";
            default -> "";
        };
        return new StartFailure(container, dyno, "it ended with exit code " + code
                + " after %.1f s".formatted(lived.toMillis() / 1000.0)
                + meaning);
    }

    private static Duration lived(InspectContainerResponse.ContainerState end) {
        Duration lived = Duration.between(Instant.parse(end.getStartedAt()), Instant.parse(end.getFinishedAt()));
        return lived.isNegative() ? Duration.ZERO : lived;
    }

    private StartFailure failed(CheckRun run) throws InterruptedException {
        long seconds = Math.max(1, Duration.between(Instant.parse(startedAt), Instant.now()).toSeconds());
        String advice = switch (run.check().probe()) {
            case Check.Listening listening -> " within " + seconds + " s."
                    + ListeningPorts.hint(engine, container, listening.port().orElseGet(() -> routed().orElse(0)))
                    + " Let it listen on 0.0.0.0 and on the port that the variable PORT holds";
            case Check.Probe any -> " (check " + run.check().name() + ", given up after " + seconds + " s)";
        };
        return new StartFailure(container, dyno, run.reason() + advice);
    }

    private String address(InspectContainerResponse state) throws StartFailure {
        ContainerNetwork network = state.getNetworkSettings().getNetworks().get(AppNetworks.name(spec.id()));
        if (network == null || network.getIpAddress() == null || network.getIpAddress().isEmpty()) {
            throw new StartFailure(container, dyno, "it has no address on its network: it has just ended, or left the network");
        }
        return network.getIpAddress();
    }

    /// The container at its own address.
    private record Subject(Engine engine, String container, String host) implements CheckRun.Subject {
        @Override
        public InetSocketAddress address(int port) {
            return new InetSocketAddress(host, port);
        }

        @Override
        public int execute(List<String> words, OutputStream output) throws InterruptedException {
            return engine.exec(container, words, Env.EMPTY, Attachment.of(InputStream.nullInputStream(), output, output, Optional.empty()));
        }
    }

    private OptionalInt routed() {
        return spec.ports().isEmpty() ? OptionalInt.empty() : OptionalInt.of(spec.ports().getFirst());
    }
}
