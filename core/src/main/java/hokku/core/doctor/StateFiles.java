package hokku.core.doctor;

import hokku.api.Finding;
import hokku.api.spi.Examination;
import hokku.core.state.Catalogue;
import hokku.core.state.Home;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Whether the server could read all of its state, and what interrupted writes have left in the home.
final class StateFiles implements Examination {
    /// What is younger may be in the middle of being written.
    private static final Duration SETTLED = Duration.ofMinutes(1);

    private final Home home;
    private final Catalogue catalogue;
    private final Clock clock;

    StateFiles(Home home, Catalogue catalogue, Clock clock) {
        this.home = home;
        this.catalogue = catalogue;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "state";
    }

    @Override
    public List<Finding> examine() throws IOException {
        List<Finding> findings = new ArrayList<>();
        catalogue.unreadable().stream().sorted().forEach(app -> findings.add(Finding.wrong("the app in " + home.apps().resolve(app)
                + " cannot be read, and is left alone", "The server's log says why; mend it or move it away, then: hokku restart")));
        List<Path> leftovers = new ArrayList<>();
        List<Path> torn = new ArrayList<>();
        look(home.root(), leftovers, torn);
        try (DirectoryStream<Path> apps = Files.newDirectoryStream(home.apps(), Files::isDirectory)) {
            for (Path app : apps) {
                look(app, leftovers, torn);
            }
        }
        try (DirectoryStream<Path> trash = Files.newDirectoryStream(home.trash())) {
            for (Path entry : trash) {
                if (isSettled(entry)) {
                    leftovers.add(entry);
                }
            }
        }
        torn.forEach(file -> findings.add(Finding.warning(file + " ends in the middle of a line",
                "The next start drops that line, which was never in force: hokku restart")));
        leftovers.forEach(file -> findings.add(Finding.warning(file + " was left by something that was interrupted",
                "Nothing needs it; remove it")));
        if (findings.isEmpty()) {
            findings.add(Finding.well("format %s, %d apps, nothing left over".formatted(Files.readString(home.format()).strip(),
                    catalogue.names().size())));
        }
        return findings;
    }

    private void look(Path folder, List<Path> leftovers, List<Path> torn) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, Files::isRegularFile)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.endsWith(".tmp") && isSettled(file)) {
                    leftovers.add(file);
                } else if (name.endsWith(".jsonl") && isTorn(file) && isSettled(file)) {
                    torn.add(file);
                }
            }
        } catch (NoSuchFileException destroyedMeanwhile) {
            return;
        }
    }

    private boolean isSettled(Path file) throws IOException {
        try {
            return Files.getLastModifiedTime(file).toInstant().isBefore(clock.instant().minus(SETTLED));
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    private static boolean isTorn(Path file) throws IOException {
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "r")) {
            if (content.length() == 0) {
                return false;
            }
            content.seek(content.length() - 1);
            return content.read() != '\n';
        }
    }
}
