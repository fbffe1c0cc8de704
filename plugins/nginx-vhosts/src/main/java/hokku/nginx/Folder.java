package hokku.nginx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

import hokku.api.AppName;

/// The plugin's folder: every path below it, and how files get there whole.
///
/// nginx runs as another user and reads all of it, so that folders and files are readable by everybody, whatever the umask.
/// Nothing here is secret.
final class Folder {
    private static final String TEMPORARY = ".new";

    private final Path root;

    private Folder(Path root) {
        this.root = root;
    }

    /// Opens the folder, makes what is missing in it and removes what a crash left half-made.
    static Folder open(Path root) throws IOException {
        Folder folder = new Folder(root);
        folder.directory(root);
        for (Path each : List.of(folder.apps(), folder.listen(), folder.candidate(), folder.candidate().resolve("listen"), folder.live())) {
            folder.directory(each);
        }
        // The installer makes these two for the user of nginx; where it did, they are left as they are.
        for (Path each : List.of(folder.run(), folder.logs())) {
            Files.createDirectories(each);
        }
        for (Path each : List.of(root, folder.apps(), folder.listen(), folder.candidate(), folder.candidate().resolve("listen"))) {
            for (Path file : list(each)) {
                if (file.getFileName().toString().endsWith(TEMPORARY)) {
                    Files.deleteIfExists(file);
                }
            }
        }
        for (Path file : list(folder.candidate())) {
            if (file.getFileName().toString().endsWith(".conf")) {
                Files.deleteIfExists(file);
            }
        }
        return folder;
    }

    Path root() {
        return root;
    }

    Path main() {
        return root.resolve("nginx.conf");
    }

    /// Names the running nginx and nothing else.
    Path signal() {
        return root.resolve("signal.conf");
    }

    Path apps() {
        return root.resolve("apps");
    }

    Path app(AppName app) {
        return apps().resolve(app + ".conf");
    }

    Path listen() {
        return root.resolve("listen");
    }

    Path candidate() {
        return root.resolve("candidate");
    }

    Path live() {
        return root.resolve("live");
    }

    Path run() {
        return root.resolve("run");
    }

    Path pid() {
        return run().resolve("nginx.pid");
    }

    Path logs() {
        return root.resolve("logs");
    }

    Path accessLog(AppName app) {
        return logs().resolve(app + "-access.log");
    }

    Path errorLog(AppName app) {
        return logs().resolve(app + "-error.log");
    }

    Path errorLog() {
        return logs().resolve("error.log");
    }

    /// Makes a folder that nginx can read.
    void directory(Path path) throws IOException {
        Files.createDirectories(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /// Replaces a file as a whole: after a crash it holds either the former text or the new one.
    void write(Path file, String text) throws IOException {
        Path temporary = file.resolveSibling("." + file.getFileName() + TEMPORARY);
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (IOException failure) {
            Files.deleteIfExists(temporary);
            throw failure;
        }
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(file.getParent());
    }

    /// Writes the file unless it holds the text already.
    void ensure(Path file, String text) throws IOException {
        if (!read(file).equals(Optional.of(text))) {
            write(file, text);
        }
    }

    void delete(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            sync(file.getParent());
        }
    }

    Optional<String> read(Path file) throws IOException {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    /// What lies directly in a folder, sorted; empty when there is no such folder.
    static List<Path> list(Path directory) throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                entries.forEach(found::add);
            }
        }
        Collections.sort(found);
        return found;
    }

    /// Removes a folder and what is in it; links are removed, never followed.
    static void deleteTree(Path directory) throws IOException {
        for (Path each : list(directory)) {
            if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                deleteTree(each);
            } else {
                Files.deleteIfExists(each);
            }
        }
        Files.deleteIfExists(directory);
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
