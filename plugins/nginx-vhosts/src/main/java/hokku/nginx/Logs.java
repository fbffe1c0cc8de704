package hokku.nginx;

import hokku.api.AppName;
import hokku.api.spi.Job;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

/// Keeps nginx' logs from filling the disk: a log that has grown large becomes `<log>.1`, in place of the one before.
final class Logs implements Job {
    static final long LARGEST = 10L << 20;
    private static final String ROTATED = ".1";

    private final Folder folder;
    private final Program program;
    private final Master master;

    Logs(Folder folder, Program program, Master master) {
        this.folder = folder;
        this.program = program;
        this.master = master;
    }

    @Override
    public String name() {
        return "nginx-logs";
    }

    @Override
    public When when() {
        return new When.Every(Duration.ofMinutes(1));
    }

    @Override
    public void run() throws IOException, InterruptedException {
        boolean rotated = false;
        for (Path log : Folder.list(folder.logs())) {
            if (log.getFileName().toString().endsWith(".log") && Files.size(log) > LARGEST) {
                Files.move(log, rotated(log), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                rotated = true;
            }
        }
        if (rotated && master.isRunning()) {
            program.reopen();
        }
    }

    /// Removes what was logged about an app that is no more.
    void remove(AppName app) {
        try {
            for (Path log : List.of(folder.accessLog(app), folder.errorLog(app))) {
                Files.deleteIfExists(log);
                Files.deleteIfExists(rotated(log));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Gives the logs of an app that was renamed its new name. nginx goes on writing to them, whichever configuration it serves; what has
    /// been written under the new name already stays.
    void carry(AppName former, AppName app) throws IOException {
        carry(folder.accessLog(former), folder.accessLog(app));
        carry(folder.errorLog(former), folder.errorLog(app));
    }

    private static void carry(Path from, Path to) throws IOException {
        if (Files.exists(from) && (!Files.exists(to) || Files.size(to) == 0)) {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            if (Files.exists(rotated(from))) {
                Files.move(rotated(from), rotated(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static Path rotated(Path log) {
        return log.resolveSibling(log.getFileName() + ROTATED);
    }
}
