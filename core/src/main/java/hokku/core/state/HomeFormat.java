package hokku.core.state;

import hokku.api.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The form that the files of a home have: a number, in the file `format`.
///
/// An older one is brought up to date step by step, after a copy was made of all that the steps may change: the files at the top of the home
/// and those at the top of each app's folder. The copy stays in `kept/format-<number>`, and is what a version goes back to that knows no
/// more than that number. Used by the one thread that starts the server, with the home locked.
public final class HomeFormat {
    private static final Logger LOG = LoggerFactory.getLogger(HomeFormat.class);
    /// What made this version's form out of the first: the form is one more than there are steps. A step may be carried out again after
    /// a crash in its middle, on files that are as they were before the first.
    private static final List<Step> STEPS = List.of();

    private final Home home;
    private final List<Step> steps;

    HomeFormat(Home home, List<Step> steps) {
        this.home = home;
        this.steps = List.copyOf(steps);
    }

    public static HomeFormat of(Home home) {
        return new HomeFormat(home, STEPS);
    }

    /// From one form to the next.
    interface Step {
        void migrate(Home home) throws IOException;
    }

    /// Makes sure that the home has the form that this version knows.
    ///
    /// @throws UserError when a newer version made it
    public void settle() throws IOException {
        if (!Files.exists(home.format())) {
            write(known());
        }
        finishInterrupted();
        int found = read();
        if (found > known()) {
            throw new UserError(home.root() + " has the format " + found + ", and this version knows " + known()
                    + ". Install the version of Hokku that made it" + (Files.exists(kept(known()))
                            ? ", or go back to the files as they were before that: hokku restore-format. What was changed since is set aside" : ""));
        }
        Files.deleteIfExists(restoring());
        if (found < known()) {
            migrate(found);
        }
    }

    private void migrate(int from) throws IOException {
        LOG.info("{} has the format {} and gets {}; a copy is kept in {}", home.root(), from, known(), kept(from));
        keep(from);
        AtomicFile.write(interrupted(), from + "\n");
        for (Step step : steps.subList(from - 1, steps.size())) {
            step.migrate(home);
        }
        write(known());
        forgetInterrupted();
    }

    /// A migration, or the way back, that a crash cut off begins anew from the copy.
    private void finishInterrupted() throws IOException {
        if (Files.exists(interrupted())) {
            int from = number(interrupted());
            if (read() == from) {
                LOG.warn("A change of the format of {} was cut off: its files are as before again", home.root());
                putBack(from);
            }
            forgetInterrupted();
        }
    }

    /// Brings the files back as they were before a newer version changed them. What is there now is set aside.
    ///
    /// @throws UserError when there is nothing to go back to
    public void restore() throws IOException {
        finishInterrupted();
        int found = read();
        if (found <= known()) {
            LOG.info("{} has the format {} already", home.root(), found);
            return;
        }
        if (!Files.exists(kept(known()))) {
            throw new UserError("There is no copy of " + home.root() + " in the format " + known() + ". Install the version of Hokku that made the format "
                    + found + ", or bring the folder back from a backup");
        }
        if (!Files.exists(restoring())) {
            keep(found);
            AtomicFile.write(restoring(), found + "\n");
        }
        setAsideApps(found);
        putBack(known());
        write(known());
        Files.delete(restoring());
        LOG.info("{} has the format {} again; what it held is in {}", home.root(), known(), kept(found));
    }

    /// An app that the copy does not know: its folder goes with the files that are set aside.
    private void setAsideApps(int into) throws IOException {
        for (Path app : folders(home.apps())) {
            if (!Files.exists(in(kept(known()), app))) {
                Path aside = in(kept(into), app);
                deleteFiles(aside);
                Files.deleteIfExists(aside);
                AtomicFile.move(app, aside);
            }
        }
    }

    private void keep(int format) throws IOException {
        Path unfinished = kept(format).resolveSibling("unfinished");
        delete(unfinished);
        Home.createPrivate(unfinished);
        for (Path folder : owners()) {
            Path copy = in(unfinished, folder);
            Home.createPrivate(copy);
            for (Path file : files(folder)) {
                AtomicFile.write(copy.resolve(file.getFileName()), Files.readAllBytes(file));
            }
        }
        delete(kept(format));
        AtomicFile.move(unfinished, kept(format));
    }

    /// Files that the copy has replace those that are there; others go. An app that was destroyed since stays so.
    private void putBack(int format) throws IOException {
        for (Path folder : owners()) {
            Path copy = in(kept(format), folder);
            List<Path> wanted = Files.exists(copy) ? files(copy) : List.of();
            for (Path file : files(folder)) {
                if (!wanted.contains(copy.resolve(file.getFileName())) && !file.equals(home.format())) {
                    Files.delete(file);
                }
            }
            for (Path file : wanted) {
                // The number comes last: until then this can begin anew.
                if (!file.equals(in(kept(format), home.format()))) {
                    AtomicFile.write(folder.resolve(file.getFileName()), Files.readAllBytes(file));
                }
            }
        }
    }

    /// The folders whose files steps may change.
    private List<Path> owners() throws IOException {
        List<Path> owners = new ArrayList<>(List.of(home.root()));
        owners.addAll(folders(home.apps()));
        return owners;
    }

    private List<Path> files(Path folder) throws IOException {
        try (Stream<Path> found = Files.list(folder)) {
            return found.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && !path.equals(home.lock())).toList();
        }
    }

    private static List<Path> folders(Path parent) throws IOException {
        try (Stream<Path> found = Files.list(parent)) {
            return found.filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)).toList();
        }
    }

    /// A copy has apps and files, and folders of set-aside apps, which are deep.
    private static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            List<Path> paths;
            try (Stream<Path> found = Files.walk(tree)) {
                paths = found.toList();
            }
            for (Path path : paths.reversed()) {
                Files.delete(path);
            }
        }
    }

    private void deleteFiles(Path folder) throws IOException {
        if (Files.exists(folder)) {
            for (Path file : files(folder)) {
                Files.delete(file);
            }
        }
    }

    private int known() {
        return steps.size() + 1;
    }

    private int read() throws IOException {
        return number(home.format());
    }

    private static int number(Path file) throws IOException {
        String text = Files.readString(file).strip();
        if (!text.matches("[1-9][0-9]{0,5}")) {
            throw new UserError(file + " holds \"" + text + "\", and must hold a number. Bring it back from a backup");
        }
        return Integer.parseInt(text);
    }

    private void write(int format) throws IOException {
        AtomicFile.write(home.format(), format + "\n");
    }

    private void forgetInterrupted() throws IOException {
        Files.deleteIfExists(interrupted());
        AtomicFile.syncFolder(interrupted().getParent());
    }

    private Path in(Path copy, Path original) {
        return copy.resolve(home.root().relativize(original));
    }

    private Path kept(int format) {
        return home.kept().resolve("format-" + format);
    }

    /// There while the way back is under way: what was set aside is complete.
    private Path restoring() {
        return home.kept().resolve("restoring");
    }

    /// Holds the format that a migration began with, while it is not over.
    private Path interrupted() {
        return home.kept().resolve("migrating-from");
    }
}
