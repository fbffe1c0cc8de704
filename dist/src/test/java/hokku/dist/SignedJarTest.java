package hokku.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignedJarTest {
    private static final String MANIFEST = """
            Manifest-Version: 1.0
            Multi-Release: true

            Name: a/A.class
            SHA-256-Digest: x

            """;

    @TempDir
    private Path work;

    @Test
    void theSignatureGoesAndEverythingElseStays() throws IOException {
        Path signed = jar("META-INF/MANIFEST.MF", MANIFEST, "META-INF/BC.SF", "x", "META-INF/BC.RSA", "x", "META-INF/services/a.A", "a.B", "a/A.class", "A");
        assertThat(SignedJar.isSigned(signed)).isTrue();

        Path unsigned = work.resolve("unsigned.jar");
        new SignedJar(signed).writeUnsigned(unsigned);

        assertThat(SignedJar.isSigned(unsigned)).isFalse();
        try (JarFile jar = new JarFile(unsigned.toFile())) {
            assertThat(jar.stream().map(ZipEntry::getName)).containsExactly("META-INF/MANIFEST.MF", "META-INF/services/a.A", "a/A.class");
            assertThat(jar.getManifest().getEntries()).isEmpty();
            assertThat(jar.isMultiRelease()).isTrue();
        }
    }

    @Test
    void aJarWithoutASignatureIsNotTakenForSigned() throws IOException {
        assertThat(SignedJar.isSigned(jar("META-INF/MANIFEST.MF", MANIFEST, "a/KEYS.RSA", "x"))).isFalse();
    }

    private Path jar(String... namesAndTexts) throws IOException {
        Path file = work.resolve("some.jar");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < namesAndTexts.length; i += 2) {
                out.putNextEntry(new ZipEntry(namesAndTexts[i]));
                out.write(namesAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
            }
        }
        return file;
    }
}
