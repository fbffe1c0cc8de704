package hokku.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DebianPackageTest {
    @TempDir
    private Path work;

    private Path program;

    @BeforeEach
    void aProgram() throws IOException {
        program = Files.createDirectories(work.resolve("program"));
        Path script = Files.createDirectories(program.resolve("bin")).resolve("hokku");
        Files.writeString(script, "#!/bin/sh\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectories(program.resolve("etc"));
        Files.writeString(program.resolve("etc/logrotate"), "rotate");
        Files.writeString(program.resolve("LICENSE"), "MIT");
    }

    @Test
    void itHasTheThreePartsInTheirOrder() throws IOException {
        assertThat(parts(packed("1.2.3"))).containsOnlyKeys("debian-binary", "control.tar.gz", "data.tar.gz");
        assertThat(parts(packed("1.2.3")).get("debian-binary")).asString().isEqualTo("2.0\n");
    }

    @Test
    void theProgramLiesWhereNothingRunsAndTheCommandsLeadToWhatDoes() throws IOException {
        Map<String, String> data = files(parts(packed("1.2.3")).get("data.tar.gz"));

        assertThat(data).containsEntry("./opt/hokku/package/bin/hokku", "755 #!/bin/sh\n").containsEntry("./usr/bin/hokku", "-> /opt/hokku/bin/hokku")
                .containsEntry("./usr/bin/dokku", "-> /opt/hokku/bin/dokku").containsEntry("./etc/logrotate.d/hokku", "644 rotate");
    }

    @Test
    void whatDpkgMustKnowIsThere() throws IOException {
        Map<String, String> control = files(parts(packed("1.2.3")).get("control.tar.gz"));

        assertThat(control.get("./control")).contains("Package: hokku\nVersion: 1.2.3\n").doesNotContainPattern("@[A-Z]+@").contains("\nDepends: ");
        assertThat(control.get("./conffiles")).isEqualTo("644 /etc/logrotate.d/hokku\n");
        assertThat(control.get("./md5sums")).contains(Tree.digest("MD5", "rotate".getBytes(StandardCharsets.UTF_8)) + "  etc/logrotate.d/hokku\n");
        for (String script : new String[] {"./preinst", "./postinst", "./prerm", "./postrm"}) {
            assertThat(control.get(script)).startsWith("755 #!/bin/bash\n");
        }
    }

    @Test
    void aPurgeNeedsNoFileOfThePackage() throws IOException {
        assertThat(files(parts(packed("1.2.3")).get("control.tar.gz")).get("./postrm")).endsWith(Files.readString(Path.of("uninstall.sh")));
    }

    @Test
    void theSameFilesGiveTheSameBytes() throws IOException {
        byte[] first = Files.readAllBytes(packed("1.2.3"));
        Path elsewhere = work.resolve("elsewhere");
        Tree.copy(program, elsewhere);
        program = elsewhere;

        assertThat(packed("1.2.3")).hasBinaryContent(first);
    }

    private Path packed(String version) throws IOException {
        Path target = Files.createTempDirectory(work, "target");
        new DebianPackage(Path.of("").toAbsolutePath(), program, version).write(target);
        try (Stream<Path> made = Files.list(target)) {
            return made.reduce((one, other) -> {
                throw new AssertionError(one + " and " + other);
            }).orElseThrow();
        }
    }

    private static Map<String, byte[]> parts(Path deb) throws IOException {
        Map<String, byte[]> parts = new LinkedHashMap<>();
        try (ArArchiveInputStream ar = new ArArchiveInputStream(Files.newInputStream(deb))) {
            for (var entry = ar.getNextEntry(); entry != null; entry = ar.getNextEntry()) {
                parts.put(entry.getName(), ar.readAllBytes());
            }
        }
        return parts;
    }

    private static Map<String, String> files(byte[] archive) throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new GzipCompressorInputStream(new ByteArrayInputStream(archive)))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isSymbolicLink()) {
                    files.put(entry.getName(), "-> " + entry.getLinkName());
                } else if (!entry.isDirectory()) {
                    files.put(entry.getName(), Integer.toOctalString(entry.getMode()) + " " + new String(tar.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
        return files;
    }
}
