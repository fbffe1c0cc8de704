package hokku.bench;

import hokku.e2e.Running;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A connection of the ssh client that its commands share (`ControlMaster`).
final class Master implements AutoCloseable {
    private final List<String> shared;

    private Master(List<String> shared) {
        this.shared = shared;
    }

    /// @param words of a command that ends at once; the last one is the command itself
    static Master open(List<String> words, Path socket) throws IOException, InterruptedException {
        List<String> start = new ArrayList<>(words.subList(0, words.size() - 1));
        start.addAll(1, List.of("-M", "-N", "-f", "-S", socket.toString()));
        // Without a shell between: it goes into the background once it is connected.
        Process process = new ProcessBuilder(start).redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        if (process.waitFor() != 0) {
            throw new AssertionError("no connection: " + String.join(" ", start));
        }
        List<String> shared = new ArrayList<>(words.subList(0, words.size() - 1));
        shared.addAll(1, List.of("-S", socket.toString()));
        return new Master(shared);
    }

    List<String> words(String... command) {
        List<String> words = new ArrayList<>(shared);
        words.addAll(List.of(command));
        return words;
    }

    @Override
    public void close() throws IOException {
        List<String> exit = new ArrayList<>(shared);
        exit.addAll(1, List.of("-O", "exit"));
        try {
            Running.run(exit, new byte[0]);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }
}
