package hokku.nginx;

import hokku.api.AppName;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Shows the end of a log, and what is added to it.
final class LogReader {
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final int BLOCK = 64 * 1024;

    private final Path log;
    private final AppName app;

    LogReader(Path log, AppName app) {
        this.log = log;
        this.app = app;
    }

    /// @param lines how many of the last ones to begin with
    /// @param follow whether to go on until interrupted
    void show(Session session, int lines, boolean follow) throws IOException, InterruptedException {
        if (lines < 0) {
            throw UserError.usage("The number of lines must be 0 or more");
        }
        OutputStream out = session.stdout();
        RandomAccessFile file = open().orElseThrow(() -> new UserError("No nginx logs exist for " + app));
        try {
            Optional<Object> shown = key();
            file.seek(lines == 0 ? file.length() : startOfLast(file, lines));
            pass(file, out);
            while (follow) {
                Thread.sleep(PAUSE);
                Optional<Object> now = key();
                if (file.length() < file.getFilePointer()) {
                    file.seek(0);
                }
                // Of a log that was rotated the end is read before the one that took its place.
                pass(file, out);
                if (now.isPresent() && !now.equals(shown)) {
                    Optional<RandomAccessFile> next = open();
                    if (next.isPresent()) {
                        file.close();
                        file = next.get();
                        shown = now;
                        pass(file, out);
                    }
                }
            }
        } finally {
            file.close();
        }
    }

    private Optional<RandomAccessFile> open() throws IOException {
        try {
            return Optional.of(new RandomAccessFile(log.toFile(), "r"));
        } catch (FileNotFoundException absent) {
            if (Files.exists(log)) {
                throw absent;
            }
            return Optional.empty();
        }
    }

    /// Tells the file that bears the name from another one; empty while none does.
    private Optional<Object> key() throws IOException {
        try {
            return Optional.of(Files.getAttribute(log, "unix:ino"));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    private static void pass(RandomAccessFile file, OutputStream out) throws IOException {
        byte[] block = new byte[BLOCK];
        for (int read = file.read(block); read > 0; read = file.read(block)) {
            out.write(block, 0, read);
        }
        out.flush();
    }

    private static long startOfLast(RandomAccessFile file, int lines) throws IOException {
        long position = file.length();
        int ends = 0;
        byte[] block = new byte[BLOCK];
        while (position > 0) {
            int size = (int) Math.min(BLOCK, position);
            file.seek(position - size);
            file.readFully(block, 0, size);
            for (int i = size - 1; i >= 0; i--) {
                boolean last = position - size + i == file.length() - 1;
                if (block[i] == '\n' && !last && ++ends == lines) {
                    return position - size + i + 1;
                }
            }
            position -= size;
        }
        return 0;
    }
}
