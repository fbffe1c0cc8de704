package hokku.core.plugin;

import hokku.core.state.AtomicFile;
import hokku.core.state.Home;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The files of plugins: the folders that jars are found in, the marks of disabled ones, the private copies that are loaded.
final class Jars {
    private static final String JAR = ".jar";
    private static final String RECEIVED = "received";
    private static final String DISABLED = ".disabled";

    /// A jar to look at.
    ///
    /// @param name what messages call it
    record Found(Path file, Origin origin, String name) {}

    private final Home home;
    private final Path shipped;

    Jars(Home home, Path shipped) {
        this.home = home;
        this.shipped = shipped;
    }

    /// The jars that came with the program, then those that were added, each sorted by name.
    List<Found> find() throws IOException {
        List<Found> found = new ArrayList<>();
        find(shipped, Origin.SHIPPED, found);
        find(home.plugins(), Origin.ADDED, found);
        return found;
    }

    private static void find(Path folder, Origin origin, List<Found> into) throws IOException {
        for (Path file : list(folder)) {
            if (file.toString().endsWith(JAR)) {
                into.add(new Found(file, origin, file.getFileName().toString()));
            }
        }
    }

    /// The ids of disabled plugins.
    Set<String> disabled() throws IOException {
        Set<String> disabled = new TreeSet<>();
        for (Path file : list(home.plugins())) {
            String name = file.getFileName().toString();
            if (name.endsWith(DISABLED)) {
                disabled.add(name.substring(0, name.length() - DISABLED.length()));
            }
        }
        return disabled;
    }

    void disable(String plugin) throws IOException {
        AtomicFile.write(home.pluginDisabled(plugin), "");
    }

    void enable(String plugin) throws IOException {
        Files.deleteIfExists(home.pluginDisabled(plugin));
        AtomicFile.syncFolder(home.plugins());
    }

    void delete(Path jar) throws IOException {
        Files.deleteIfExists(jar);
        AtomicFile.syncFolder(home.plugins());
    }

    /// Makes the private copy of a jar that classes are loaded from, so that whatever happens to the file itself breaks nothing.
    Path copy(Path jar) throws IOException {
        Home.createPrivate(home.pluginCopies());
        Path temporary = Files.createTempFile(home.pluginCopies(), "copy", "");
        try {
            MessageDigest digest = sha256();
            try (InputStream in = new DigestInputStream(Files.newInputStream(jar), digest);
                    OutputStream out = Files.newOutputStream(temporary)) {
                in.transferTo(out);
            }
            Path copy = home.pluginCopies().resolve(HexFormat.of().formatHex(digest.digest()) + JAR);
            return Files.move(temporary, copy, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /// Puts a jar that is to be tried where no loader looks for it.
    Path receive(InputStream jar) throws IOException {
        Home.createPrivate(home.pluginCopies());
        Path received = Files.createTempFile(home.pluginCopies(), RECEIVED, JAR);
        try (FileOutputStream out = new FileOutputStream(received.toFile())) {
            jar.transferTo(out);
            out.getFD().sync();
            return received;
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(received);
            throw e;
        }
    }

    /// Moves a received jar to where it is found from now on: whole or not at all.
    void keep(Path received, String plugin) throws IOException {
        AtomicFile.move(received, home.pluginJar(plugin));
    }

    /// Removes what a former process left behind.
    void cleanAll() throws IOException {
        for (Path file : list(home.pluginCopies())) {
            Files.deleteIfExists(file);
        }
    }

    /// Removes every private copy but these. Called by one thread at a time, as is [#copy].
    void clean(Set<Path> used) throws IOException {
        for (Path file : list(home.pluginCopies())) {
            if (!file.getFileName().toString().startsWith(RECEIVED) && !used.contains(file)) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(files::add);
        } catch (NoSuchFileException e) {
            return List.of();
        }
        files.sort(null);
        return files;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
