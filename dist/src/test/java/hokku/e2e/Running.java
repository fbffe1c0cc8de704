package hokku.e2e;

import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A program that was started, and what it has said so far.
public final class Running {
    static final Duration PATIENCE = Duration.ofSeconds(120);

    private final List<String> words;
    private final Process process;
    private final Collected out;
    private final Collected err;

    private Running(List<String> words, Process process) {
        this.words = words;
        this.process = process;
        this.out = new Collected(process.getInputStream());
        this.err = new Collected(process.getErrorStream());
    }

    static Running start(List<String> words, Map<String, String> environment, Path folder) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile());
        builder.environment().putAll(environment);
        return new Running(words, builder.start());
    }

    /// How it ended.
    public record Result(int exit, String out, String err) {
        /// Everything that it said.
        public String text() {
            return out + err;
        }
    }

    /// A program's whole life.
    public static Result run(List<String> words, byte[] input) throws IOException, InterruptedException {
        Running running = start(words, Map.of(), Path.of("."));
        running.type(input);
        return running.end();
    }

    /// What a program prints that must end well.
    public static String demand(String... words) throws IOException, InterruptedException {
        Result result = run(List.of(words), new byte[0]);
        if (result.exit() != 0) {
            throw new AssertionError(String.join(" ", words) + " ended with " + result.exit() + ": " + result.text());
        }
        return result.out();
    }

    /// Gives it its whole input.
    void type(byte[] input) {
        try (var in = process.getOutputStream()) {
            in.write(input);
        } catch (IOException closed) {
            // It did not want the input.
        }
    }

    /// Waits until it has said something.
    Running said(String text) {
        return said(text, PATIENCE);
    }

    Running said(String text, Duration patience) {
        await(text).atMost(patience).pollInterval(Duration.ofMillis(20)).until(() -> text().contains(text) || !process.isAlive());
        if (!text().contains(text)) {
            // The end of a program may be seen before its last words.
            await(String.join(" ", words) + " to say " + text + ", it said: " + text()).atMost(Duration.ofSeconds(2)).until(() -> text().contains(text));
        }
        return this;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    void kill() {
        process.destroyForcibly();
    }

    Result end() throws IOException, InterruptedException {
        return end(PATIENCE);
    }

    Result end(Duration patience) throws IOException, InterruptedException {
        if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
            kill();
            throw new AssertionError("did not end: " + String.join(" ", words) + "\n" + text());
        }
        out.join();
        err.join();
        return new Result(process.exitValue(), out.text(), err.text());
    }

    private String text() {
        return out.text() + err.text();
    }

    /// What comes from a stream.
    private static final class Collected {
        /// Guarded by itself.
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Thread reader;

        Collected(InputStream from) {
            reader = Thread.ofVirtual().start(() -> {
                byte[] buffer = new byte[8192];
                try (from) {
                    for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                        synchronized (bytes) {
                            bytes.write(buffer, 0, read);
                        }
                    }
                } catch (IOException gone) {
                    // What was said is what counts.
                }
            });
        }

        /// A background process that inherited the stream may keep it open for ever.
        void join() throws InterruptedException {
            reader.join(Duration.ofSeconds(5));
        }

        String text() {
            synchronized (bytes) {
                return bytes.toString(StandardCharsets.UTF_8);
            }
        }
    }
}
