package hokku.api;

import hokku.api.SourceTree.Entry;
import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/// Files of a source as a tar archive that is made while it is read, as the engine wants them for a build. For one reader.
///
/// An archive that breaks off is reported to the reader as a failure, never as an early end: the engine would build what it got.
public final class TarStream extends FilterInputStream {
    private static final int BUFFER = 1 << 16;

    private final AtomicReference<Optional<Exception>> failure;

    private TarStream(Pipe.SourceChannel source, AtomicReference<Optional<Exception>> failure) {
        super(Channels.newInputStream(source));
        this.failure = failure;
    }

    public static TarStream open(SourceTree tree, Predicate<Entry> wanted) throws IOException {
        Pipe pipe = Pipe.open();
        AtomicReference<Optional<Exception>> failure = new AtomicReference<>(Optional.empty());
        Thread.ofVirtual().name("build context").start(() -> {
            try (OutputStream sink = new BufferedOutputStream(Channels.newOutputStream(pipe.sink()), BUFFER)) {
                try {
                    tree.writeTar(sink, wanted);
                } catch (IOException | RuntimeException broken) {
                    failure.set(Optional.of(broken));
                }
            } catch (IOException closed) {
                failure.compareAndSet(Optional.empty(), Optional.of(closed));
            }
        });
        return new TarStream(pipe.source(), failure);
    }

    /// Why the archive could not be made, if so.
    public Optional<Exception> failure() {
        return failure.get();
    }

    @Override
    public int read() throws IOException {
        int read = super.read();
        failAtBrokenEnd(read);
        return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        failAtBrokenEnd(read);
        return read;
    }

    private void failAtBrokenEnd(int read) throws IOException {
        if (read < 0 && failure().isPresent()) {
            throw new IOException("The files could not be sent to the engine", failure().get());
        }
    }
}
