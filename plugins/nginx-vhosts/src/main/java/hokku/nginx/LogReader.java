package hokku.nginx;

import hokku.api.AppName;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

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

    /// @param follow whether to go on until interrupted
    void show(Session session, int lines, boolean follow) throws IOException, InterruptedException {
        if (!Files.exists(log)) {
            throw new UserError("No nginx logs exist for " + app);
        }
        OutputStream out = session.stdout();
        Object shown = key();
        long position;
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(startOfLast(file, lines));
            position = pass(file, out);
        }
        while (follow) {
            Thread.sleep(PAUSE);
            if (!Files.exists(log)) {
                continue;
            }
            Object now = key();
            try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
                // Rotated: another file under the name, from its beginning.
                file.seek(now.equals(shown) && position <= file.length() ? position : 0);
                position = pass(file, out);
            }
            shown = now;
        }
    }

    private Object key() throws IOException {
        return Files.getAttribute(log, "unix:ino");
    }

    private static long pass(RandomAccessFile file, OutputStream out) throws IOException {
        byte[] block = new byte[BLOCK];
        for (int read = file.read(block); read > 0; read = file.read(block)) {
            out.write(block, 0, read);
        }
        out.flush();
        return file.getFilePointer();
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
