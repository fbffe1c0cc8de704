package hokku.core.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A small program of the system that tells something which Java does not.
final class Program {
    private Program() {}

    /// What it prints; empty when there is no such program, or it fails.
    static Optional<String> ask(String... words) throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(words)).redirectInput(Path.of("/dev/null").toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("LC_ALL", "C");
        try {
            Process process = builder.start();
            try {
                // It ends before it is read: a read cannot be interrupted, and the answers are short.
                int code = process.waitFor();
                return code == 0 ? Optional.of(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)) : Optional.empty();
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException none) {
            return Optional.empty();
        }
    }
}
