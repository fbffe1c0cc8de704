package hokku.core.deploy;

import hokku.api.Output;
import hokku.core.state.Home;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps what a push told its pusher in a file of its own; a disk that takes no more ends the file, not the deploy.
final class BuildLog implements Output, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BuildLog.class);
    private static final int KEPT = 20;

    private final Output pusher;
    private final PrintStream file;

    private BuildLog(Output pusher, PrintStream file) {
        this.pusher = pusher;
        this.file = file;
    }

    static BuildLog open(Path folder, int number, Output pusher) {
        try {
            Home.createPrivate(folder);
            removeOld(folder);
            FileOutputStream out = new FileOutputStream(folder.resolve(number + ".log").toFile());
            return new BuildLog(pusher, new PrintStream(new BufferedOutputStream(out), true, StandardCharsets.UTF_8));
        } catch (IOException failed) {
            LOG.warn("The output of build {} is not kept in {}: {}", number, folder, failed.getMessage());
            return new BuildLog(pusher, new PrintStream(java.io.OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        }
    }

    private static void removeOld(Path folder) throws IOException {
        List<Path> logs;
        try (var found = Files.list(folder)) {
            logs = found.filter(path -> path.getFileName().toString().matches("[0-9]+\\.log"))
                    .sorted(Comparator.comparing(BuildLog::number).reversed()).toList();
        }
        for (Path old : logs.subList(Math.min(logs.size(), KEPT - 1), logs.size())) {
            Files.deleteIfExists(old);
        }
    }

    private static long number(Path log) {
        return Long.parseLong(log.getFileName().toString().replace(".log", ""));
    }

    @Override
    public void step(String text) {
        file.println("-----> " + text);
        pusher.step(text);
    }

    @Override
    public void milestone(String text) {
        file.println("=====> " + text);
        pusher.milestone(text);
    }

    @Override
    public void detail(String text) {
        file.println("       " + text);
        pusher.detail(text);
    }

    @Override
    public void warn(String text) {
        file.println(" !     " + text);
        pusher.warn(text);
    }

    @Override
    public void line(String text) {
        file.println(text);
        pusher.line(text);
    }

    @Override
    public void close() {
        file.close();
    }
}
