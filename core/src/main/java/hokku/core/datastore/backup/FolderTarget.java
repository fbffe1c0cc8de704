package hokku.core.datastore.backup;

import hokku.core.state.AtomicFile;
import hokku.core.state.FullDisk;
import hokku.core.state.Home;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A folder of the server.
///
/// A file is written under another name, flushed to the disk, read back and compared, and only then given its name.
final class FolderTarget implements Target {
    private static final Logger LOG = LoggerFactory.getLogger(FolderTarget.class);
    private static final String TEMPORARY = ".tmp";

    private final Path folder;

    FolderTarget(Path folder) {
        this.folder = folder;
    }

    @Override
    public String text() {
        return folder.toString();
    }

    private Path file(String name) {
        if (name.isEmpty() || name.startsWith(".") || name.contains("/")) {
            throw new IllegalArgumentException("not the name of a backup's file: " + name);
        }
        return folder.resolve(name);
    }

    private Path temporary(String name) {
        return file(name).resolveSibling("." + name + TEMPORARY);
    }

    @Override
    public Sink create(String name) throws IOException {
        try {
            Home.createPrivate(folder);
            Path temporary = temporary(name);
            Files.deleteIfExists(temporary);
            Files.createFile(temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return new Written(temporary, file(name), new FileOutputStream(temporary.toFile()));
        } catch (IOException failed) {
            throw failed("cannot be written to", failed);
        }
    }

    private IOException failed(String what, IOException failed) {
        if (FullDisk.isReasonOf(failed)) {
            return new IOException("The disk with the folder " + folder + " is full (no space left on device). Free some space, or name another"
                    + " place", failed);
        }
        return new IOException("The folder " + folder + " " + what + ": " + failed, failed);
    }

    @Override
    public void put(String name, byte[] content) throws IOException {
        try {
            AtomicFile.write(file(name), content);
        } catch (IOException failed) {
            throw failed("cannot be written to", failed);
        }
    }

    @Override
    public InputStream open(String name) throws IOException {
        return Files.newInputStream(file(name));
    }

    @Override
    public List<Stored> list(String prefix) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Stored> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(each -> each.getFileName().toString().startsWith(prefix)).filter(Files::isRegularFile).toList()) {
                found.add(new Stored(file.getFileName().toString(), Files.size(file), Files.getLastModifiedTime(file).toInstant()));
            }
        } catch (IOException failed) {
            throw failed("cannot be read", failed);
        }
        return List.copyOf(found);
    }

    @Override
    public void delete(String name) throws IOException {
        try {
            if (Files.deleteIfExists(file(name))) {
                AtomicFile.syncFolder(folder);
            }
        } catch (IOException failed) {
            throw failed("cannot be written to", failed);
        }
    }

    @Override
    public void tidy(String prefix, Instant before) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                // Another service's name may begin with this one's, and another server may write into the same folder.
                if (name.matches("\\." + Pattern.quote(prefix) + "\\d{8}T\\d{6}Z\\.dump(\\.gpg)?(\\.json)?\\.tmp")
                        && Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                    Files.deleteIfExists(file);
                    LOG.info("{} was left over and is removed", file);
                }
            }
        }
    }

    @Override
    public void close() {}

    private final class Written extends Sink {
        private final Path temporary;
        private final Path whole;
        /// No channel: an interrupt would close that.
        private final FileOutputStream out;

        private Written(Path temporary, Path whole, FileOutputStream out) {
            this.temporary = temporary;
            this.whole = whole;
            this.out = out;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException failed) {
                throw failed("cannot be written to", failed);
            }
        }

        @Override
        void commit(long size, String sha256) throws IOException {
            try {
                out.getFD().sync();
                out.close();
                try (Measured read = new Measured(Files.newInputStream(temporary))) {
                    read.demand(size, sha256);
                }
                AtomicFile.move(temporary, whole);
            } catch (IOException failed) {
                throw failed("did not keep what was written", failed);
            }
        }

        @Override
        void abort() {
            try (out) {
                Files.deleteIfExists(temporary);
                Files.deleteIfExists(whole);
            } catch (IOException failed) {
                LOG.warn("{} could not be removed", temporary, failed);
            }
        }
    }
}
