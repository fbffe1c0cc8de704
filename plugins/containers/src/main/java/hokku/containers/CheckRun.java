package hokku.containers;

import hokku.api.Check;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One check of one container, with its attempts.
public final class CheckRun {
    /// How the container is reached. Used by several threads.
    public interface Subject {
        /// Where a port of the container answers, as seen from here.
        InetSocketAddress address(int port) throws IOException;

        /// Runs a command in the container.
        ///
        /// @param output takes what it writes
        /// @return its exit code
        int execute(List<String> words, OutputStream output) throws IOException, InterruptedException;
    }

    private final Check check;
    private final Subject subject;
    private final OptionalInt routed;
    private final Instant started;

    /// Why the last attempt failed; read by the thread that gives up waiting.
    private volatile String reason = "";

    /// @param routed the port that is routed, absent for a process without
    /// @param started when the container was started
    public CheckRun(Check check, Subject subject, OptionalInt routed, Instant started) {
        this.check = check;
        this.subject = subject;
        this.routed = routed;
        this.started = started;
    }

    public Check check() {
        return check;
    }

    /// Why it did not pass yet, for the container's owner.
    public String reason() {
        return switch (check.probe()) {
            case Check.Listening listening -> "nothing listens on port " + port(listening.port());
            case Check.Uptime uptime -> "it has not run for " + uptime.duration().toSeconds() + " s yet";
            case Check.Probe any -> reason.isEmpty() ? "no attempt has ended" : reason;
        };
    }

    /// @return whether it passed; false when its last attempt failed
    public boolean passes() throws InterruptedException {
        Thread.sleep(check.initialDelay());
        if (check.probe() instanceof Check.Uptime uptime) {
            // That it ends is noticed by whoever waits for this.
            Thread.sleep(Duration.between(Instant.now(), started.plus(uptime.duration())));
            return true;
        }
        for (int attempt = 1; attempt <= check.attempts(); attempt++) {
            if (attempt > 1) {
                Thread.sleep(check.pause());
            }
            if (attempt()) {
                return true;
            }
        }
        return false;
    }

    private boolean attempt() throws InterruptedException {
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            probe();
            return true;
        });
        Thread.ofVirtual().name("check-" + check.name()).start(task);
        try {
            return task.get(check.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            reason = describe(e instanceof ExecutionException ? e.getCause() : e);
            return false;
        } finally {
            task.cancel(true);
        }
    }

    private String describe(Throwable e) {
        return switch (e) {
            case TimeoutException late -> "no answer within " + check.timeout().toSeconds() + " s";
            case SocketTimeoutException late -> "no answer within " + check.timeout().toSeconds() + " s";
            case ConnectException refused -> "the connection was refused";
            case Throwable other -> Optional.ofNullable(other.getMessage()).orElseGet(other::toString);
        };
    }

    private void probe() throws IOException, InterruptedException {
        int timeout = Math.clamp(check.timeout().toMillis(), 1, Integer.MAX_VALUE);
        switch (check.probe()) {
            case Check.Http http -> new HttpProbe(http).probe(subject.address(port(http.port())), timeout);
            case Check.Listening listening -> {
                try (Socket socket = new Socket()) {
                    socket.connect(subject.address(port(listening.port())), timeout);
                }
            }
            case Check.Exec exec -> execute(exec);
            case Check.Uptime uptime -> throw new IllegalStateException("an uptime is waited for, not probed: " + uptime);
        }
    }

    private void execute(Check.Exec exec) throws IOException, InterruptedException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        int code = subject.execute(exec.words(), output);
        if (code != 0) {
            String last = output.toString(StandardCharsets.UTF_8).strip().lines().reduce("", (former, line) -> line);
            throw new IOException("its command ended with exit code " + code + (last.isEmpty() ? "" : ": " + last));
        }
    }

    private int port(OptionalInt own) {
        return own.orElseGet(() -> routed.orElse(0));
    }
}
