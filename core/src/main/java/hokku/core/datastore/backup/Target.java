package hokku.core.datastore.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;

/// A place that keeps backups: files by their name, each of them whole or not there.
///
/// What it throws of its own is an [IOException] with words for the user. An interrupt ends a call with an [InterruptedException].
interface Target extends AutoCloseable {
    /// How a user names it: `/mnt/backups` or `s3://bucket/prefix`.
    String text();

    /// Begins a file. It is there after [Sink#commit], and nothing of it is after [Sink#abort].
    Sink create(String name) throws IOException, InterruptedException;

    /// Writes a small file.
    void put(String name, byte[] content) throws IOException, InterruptedException;

    /// Reads a file from its beginning.
    ///
    /// @throws java.nio.file.NoSuchFileException when there is none
    InputStream open(String name) throws IOException, InterruptedException;

    /// The files whose name begins so.
    List<Stored> list(String prefix) throws IOException, InterruptedException;

    /// Removes a file; one that is not there is no failure.
    void delete(String name) throws IOException, InterruptedException;

    /// Removes what a run that was killed left behind of files that begin so, and that never were whole.
    ///
    /// @param before what others may be writing at this moment is younger
    void tidy(String prefix, Instant before) throws IOException, InterruptedException;

    @Override
    void close();

    /// A file that is there.
    ///
    /// @param written when its writing ended
    record Stored(String name, long size, Instant written) {}

    /// A file that is being written, by one thread.
    abstract class Sink extends OutputStream {
        /// Ends the file, looks whether what is kept is what was written, and gives it its name.
        ///
        /// @throws IOException when it is not; nothing is kept then once [#abort] was called
        abstract void commit(long size, String sha256) throws IOException, InterruptedException;

        /// Removes what was written, also after a failed commit.
        abstract void abort();

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public abstract void write(byte[] bytes, int offset, int length) throws IOException;
    }
}
