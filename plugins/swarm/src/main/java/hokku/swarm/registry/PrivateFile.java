package hokku.swarm.registry;

import hokku.api.Uninterruptible;
import hokku.api.UserError;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/// A small file that the server alone may read, and that is replaced whole or not at all.
///
/// @param path where it is; its folder is there
record PrivateFile(Path path) {
    /// @return empty when there is none
    Optional<String> read() {
        // Not a channel: the thread may have been interrupted, which closes channels.
        try (FileInputStream in = new FileInputStream(path.toFile())) {
            return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (FileNotFoundException none) {
            if (Files.exists(path)) {
                throw failure("read", none);
            }
            return Optional.empty();
        } catch (IOException failed) {
            throw failure("read", failed);
        }
    }

    void write(String text) {
        try {
            Uninterruptible.call("write " + path.getFileName(), () -> {
                replace(text.getBytes(StandardCharsets.UTF_8));
                return path;
            });
        } catch (IOException failed) {
            throw failure("written", failed);
        } catch (RuntimeException defect) {
            throw defect;
        } catch (Exception other) {
            throw new IllegalStateException(other);
        }
    }

    private void replace(byte[] content) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        Path fresh = Files.createTempFile(folder, "." + path.getFileName(), ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            try (FileOutputStream out = new FileOutputStream(fresh.toFile())) {
                out.write(content);
                out.getFD().sync();
            }
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException failed) {
            throw failure("removed", failed);
        }
    }

    private UserError failure(String what, IOException failed) {
        return new UserError(UserError.FAILED, "%s could not be %s: %s. Look whether the disk is full, and whose the folder is"
                .formatted(path, what, failed.getMessage()), failed);
    }
}
