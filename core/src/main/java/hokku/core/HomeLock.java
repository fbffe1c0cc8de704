package hokku.core;

import hokku.api.AppId;
import hokku.api.UserError;
import hokku.core.state.AtomicFile;
import hokku.core.state.Home;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.file.Files;

/// Makes sure that this is the only server on a home.
final class HomeLock implements AutoCloseable {
    private final RandomAccessFile file;

    private HomeLock(RandomAccessFile file) {
        this.file = file;
    }

    /// @throws UserError when another server uses the home
    static HomeLock take(Home home) throws IOException {
        home.create();
        RandomAccessFile file = new RandomAccessFile(home.lock().toFile(), "rw");
        FileLock lock = file.getChannel().tryLock();
        if (lock == null) {
            file.close();
            throw new UserError("Another server uses " + home.root() + ". Stop it first: hokku stop");
        }
        return new HomeLock(file);
    }

    /// The name of this installation; made at the first start.
    static String instance(Home home) throws IOException {
        if (!Files.exists(home.instance())) {
            AtomicFile.write(home.instance(), AppId.random().value().substring(0, 8) + "\n");
        }
        return Files.readString(home.instance()).strip();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
