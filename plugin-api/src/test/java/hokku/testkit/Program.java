package hokku.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/// A program that runs to its end, started from a list of words.
final class Program {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /// What would lead docker's program to another engine than the one that it is told.
    private static final Set<String> FOREIGN = Set.of("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH",
            "DOCKER_API_VERSION");

    private Program() {}

    /// How it ended.
    record Result(int exit, String out, String err) {}

    /// @throws IOException when it could not be started, or does not end
    static Result run(List<String> words) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().keySet().removeAll(FOREIGN);
        Process process = builder.start();
        process.getOutputStream().close();
        FutureTask<String> out = reading(process.getInputStream());
        FutureTask<String> err = reading(process.getErrorStream());
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("does not end: " + String.join(" ", words));
            }
            return new Result(process.exitValue(), out.get(), err.get());
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted: " + String.join(" ", words), ended);
        } catch (ExecutionException unreadable) {
            throw new IOException("no output of " + String.join(" ", words), unreadable.getCause());
        } finally {
            process.destroyForcibly();
        }
    }

    /// What a program prints that must end well.
    ///
    /// @throws IOException when it ends otherwise, with what it said
    static String demand(List<String> words) throws IOException {
        Result result = run(words);
        if (result.exit() != 0) {
            throw new IOException(String.join(" ", words) + " ended with " + result.exit() + ": " + result.out() + result.err());
        }
        return result.out();
    }

    static String demand(String... words) throws IOException {
        return demand(List.of(words));
    }

    private static FutureTask<String> reading(InputStream from) {
        FutureTask<String> reading = new FutureTask<>(() -> {
            try (from) {
                return new String(from.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        });
        Thread.ofVirtual().start(reading);
        return reading;
    }
}
