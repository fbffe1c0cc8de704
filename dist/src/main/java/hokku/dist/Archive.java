package hokku.dist;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/// A tar.gz of a folder in which nothing depends on when, where and by whom it was made.
final class Archive {
    /// Whatever the files' times are: the same files give the same archive.
    static final FileTime TIME = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

    private Archive() {}

    /// Everything of a folder, below its name.
    static void of(Path folder, Path archive) throws IOException {
        Path part = archive.resolveSibling(archive.getFileName() + ".part");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
            write(folder, folder.getFileName().toString(), out);
        }
        Files.move(part, archive, StandardCopyOption.ATOMIC_MOVE);
    }

    /// @param top what stands before every name
    static void write(Path folder, String top, OutputStream out) throws IOException {
        GzipParameters gzip = new GzipParameters();
        gzip.setCompressionLevel(9);
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(out, gzip), "UTF-8")) {
            // dpkg reads no other kind.
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            add(tar, top, folder);
            for (Path path : Tree.below(folder)) {
                add(tar, top + "/" + folder.relativize(path), path);
            }
        }
    }

    private static void add(TarArchiveOutputStream tar, String name, Path path) throws IOException {
        boolean link = Files.isSymbolicLink(path);
        boolean directory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        TarArchiveEntry entry =
                link ? new TarArchiveEntry(name, TarConstants.LF_SYMLINK) : new TarArchiveEntry(directory ? name + "/" : name);
        if (link) {
            entry.setLinkName(Files.readSymbolicLink(path).toString());
        } else if (!directory) {
            entry.setSize(Files.size(path));
        }
        entry.setMode(directory || Files.isExecutable(path) ? 0755 : 0644);
        entry.setIds(0, 0);
        entry.setNames("root", "root");
        entry.setLastModifiedTime(TIME);
        tar.putArchiveEntry(entry);
        if (!link && !directory) {
            Files.copy(path, tar);
        }
        tar.closeArchiveEntry();
    }
}
