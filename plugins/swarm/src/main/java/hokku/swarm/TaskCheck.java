package hokku.swarm;

import hokku.api.Check;
import hokku.api.Output;
import hokku.api.ProcessSpec;
import hokku.containers.CheckRun;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The checks of one task, made from here at the port of its node, all of them side by side.
final class TaskCheck {
    private static final Logger LOG = LoggerFactory.getLogger(TaskCheck.class);

    private final Replica replica;
    private final ProcessSpec spec;
    private final Output out;
    private final Consumer<TaskCheck> done;
    private final Instant started;
    private final Thread thread = Thread.ofVirtual().unstarted(this::run);
    /// What was found out; empty while that goes on. Written by the thread of the check.
    private volatile Optional<Boolean> passed = Optional.empty();
    private volatile String reason = "";

    TaskCheck(Replica replica, ProcessSpec spec, Output out, Consumer<TaskCheck> done) {
        this.replica = replica;
        this.spec = spec;
        this.out = out;
        this.done = done;
        this.started = replica.since().orElseGet(Instant::now);
    }

    void begin() {
        List<Check> own = own();
        if (own.isEmpty()) {
            passed = Optional.of(true);
            return;
        }
        out.detail("Attempting pre-flight checks (" + replica.dyno() + place() + ")");
        thread.start();
    }

    /// Commands are the node's matter, and were passed when the task runs.
    private List<Check> own() {
        return spec.checks().stream().filter(check -> !(check.probe() instanceof Check.Exec)).toList();
    }

    private String place() {
        return replica.node().map(node -> " on " + node.name()).orElse("");
    }

    private void run() {
        List<Attempt> attempts = new ArrayList<>();
        try {
            for (Check check : own()) {
                attempts.add(Attempt.begin(new CheckRun(check, new Subject(replica), routed(), started)));
            }
            long deadline = System.nanoTime() + spec.startTimeout().toNanos();
            boolean all = true;
            for (Attempt attempt : attempts) {
                all &= heed(attempt, deadline);
            }
            finish(all);
        } catch (InterruptedException ended) {
            LOG.debug("The checks of {} were given up", replica.name(), ended);
        } catch (RuntimeException defect) {
            LOG.error("The checks of {} broke", replica.name(), defect);
            reason = String.valueOf(defect.getMessage());
            finish(false);
        } finally {
            attempts.forEach(attempt -> attempt.task().cancel(true));
        }
    }

    private void finish(boolean all) {
        if (all) {
            out.detail("All checks successful (" + replica.dyno() + place() + ")");
        }
        passed = Optional.of(all);
        done.accept(this);
    }

    private boolean heed(Attempt attempt, long deadline) throws InterruptedException {
        CheckRun run = attempt.run();
        boolean good = attempt.passes(deadline);
        if (!good && run.check().warn()) {
            out.warn("Healthcheck " + run.check().name() + " failed (" + replica.dyno() + place() + "): " + run.reason());
            return true;
        }
        if (!good && reason.isEmpty()) {
            reason = failure(run);
        }
        return good;
    }

    private String failure(CheckRun run) {
        long seconds = Math.max(1, Duration.between(started, Instant.now()).toSeconds());
        return switch (run.check().probe()) {
            case Check.Listening listening -> run.reason() + " within " + seconds + " s" + tried(listening.port().orElseGet(() -> routed().orElse(0)))
                    + ". Let it listen on 0.0.0.0 and on the port that the variable PORT holds, and let the firewall of the node let this server through";
            case Check.Probe any -> run.reason() + " (check " + run.check().name() + ", given up after " + seconds + " s)";
        };
    }

    private String tried(int port) {
        return replica.node().filter(_ -> replica.ports().containsKey(port))
                .map(node -> ", asked at " + node.address() + ":" + replica.ports().get(port)).orElse("");
    }

    private OptionalInt routed() {
        return spec.ports().isEmpty() ? OptionalInt.empty() : OptionalInt.of(spec.ports().getFirst());
    }

    boolean isPassed() {
        return passed.orElse(false);
    }

    void demandPassed() throws StartFailure {
        if (!isPassed()) {
            throw new StartFailure(replica, reason);
        }
    }

    void end() {
        thread.interrupt();
    }

    /// One check that is under way.
    private record Attempt(CheckRun run, FutureTask<Boolean> task) {
        static Attempt begin(CheckRun run) {
            FutureTask<Boolean> task = new FutureTask<>(run::passes);
            Thread.ofVirtual().name("check-" + run.check().name()).start(task);
            return new Attempt(run, task);
        }

        boolean passes(long deadline) throws InterruptedException {
            try {
                return task.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException late) {
                LOG.debug("The check {} took too long", run.check().name(), late);
                return false;
            } catch (ExecutionException broken) {
                throw new IllegalStateException(broken.getCause());
            }
        }
    }

    /// The task at its node's address.
    private record Subject(Replica replica) implements CheckRun.Subject {
        @Override
        public InetSocketAddress address(int port) throws IOException {
            Integer published = replica.ports().get(port);
            if (published == null) {
                throw new IOException("port " + port + " is not published by its node");
            }
            return new InetSocketAddress(replica.node().orElseThrow().address(), published);
        }

        @Override
        public int execute(List<String> words, OutputStream output) throws IOException {
            throw new IOException("commands are checked by the node");
        }
    }
}
