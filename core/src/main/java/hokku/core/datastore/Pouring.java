package hokku.core.datastore;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// What one thread writes is read by another, at the same time.
final class Pouring implements AutoCloseable {
    /// Writes everything.
    interface Source {
        void pour(OutputStream to) throws Exception;
    }

    private final Pipe.SourceChannel end;
    private final CompletableFuture<Optional<Exception>> written = new CompletableFuture<>();
    private final Thread writer;

    Pouring(String name, Source source) throws IOException {
        Pipe pipe = Pipe.open();
        this.end = pipe.source();
        this.writer = Thread.ofVirtual().name("pour " + name).start(() -> {
            try (OutputStream sink = Channels.newOutputStream(pipe.sink())) {
                source.pour(sink);
                written.complete(Optional.empty());
            } catch (Exception failed) {
                written.complete(Optional.of(failed));
            }
        });
    }

    InputStream in() {
        return Channels.newInputStream(end);
    }

    /// Waits for the end of the writing.
    ///
    /// @throws IOException when that failed: what was read is not all
    void demandWhole() throws IOException, InterruptedException {
        try {
            Optional<Exception> failure = written.get();
            if (failure.isPresent()) {
                throw new IOException(failure.get().getMessage(), failure.get());
            }
        } catch (ExecutionException impossible) {
            throw new IOException(impossible);
        }
    }

    @Override
    public void close() throws IOException {
        end.close();
        writer.interrupt();
    }
}
