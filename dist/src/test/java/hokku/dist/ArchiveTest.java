package hokku.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveTest {
    @TempDir
    private Path work;

    @Test
    void theSameFilesGiveTheSameBytesWheneverTheyWereWritten() throws IOException {
        Archive.of(tree("one", FileTime.fromMillis(0)), work.resolve("one.tar.gz"));
        Archive.of(tree("two", FileTime.fromMillis(1_700_000_000_000L)), work.resolve("two.tar.gz"));

        assertThat(work.resolve("two.tar.gz")).hasSameBinaryContentAs(work.resolve("one.tar.gz"));
    }

    private Path tree(String at, FileTime time) throws IOException {
        Path root = work.resolve(at).resolve("hokku");
        Path program = Files.createDirectories(root.resolve("bin")).resolve("hokku");
        Files.writeString(program, "#!/bin/sh\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Files.createSymbolicLink(root.resolve("link"), Path.of("bin/hokku"));
        Files.setLastModifiedTime(program, time);
        return root;
    }
}
