package hokku.core.datastore.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is encrypted opens with the passphrase, here and with the real gpg, and nothing else opens it.
class EncryptionTest {
    private static final String PASSPHRASE = "Käse & \"Brot\" $(id) 'x'";

    private static byte[] encrypted(byte[] plain) throws IOException {
        ByteArrayOutputStream to = new ByteArrayOutputStream();
        try (OutputStream out = Encryption.encrypt(to, PASSPHRASE)) {
            out.write(plain);
        }
        return to.toByteArray();
    }

    private static byte[] decrypted(byte[] message, String passphrase) throws IOException {
        try (InputStream in = Encryption.decrypt(new ByteArrayInputStream(message), passphrase)) {
            return in.readAllBytes();
        }
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(5).nextBytes(bytes);
        return bytes;
    }

    @Test
    void everyLengthComesBack() throws IOException {
        for (int length : new int[] {0, 1, 511, 65_535, 65_536, 65_537, 3_000_000}) {
            byte[] plain = noise(length);
            assertThat(decrypted(encrypted(plain), PASSPHRASE)).isEqualTo(plain);
        }
    }

    @Test
    void anotherPassphraseOpensNothing() throws IOException {
        byte[] message = encrypted(noise(1000));
        for (int i = 0; i < 20; i++) {
            String other = PASSPHRASE + i;
            assertThatThrownBy(() -> decrypted(message, other)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aChangeOfAnyByteIsNoticed() throws IOException {
        byte[] message = encrypted(noise(1000));
        for (int at : new int[] {40, 500, message.length - 30, message.length - 1}) {
            byte[] changed = message.clone();
            changed[at] ^= 1;
            assertThatThrownBy(() -> decrypted(changed, PASSPHRASE)).as("byte " + at).isInstanceOf(IOException.class);
        }
    }

    @Test
    void whatIsCutOffIsNoticed() throws IOException {
        byte[] message = encrypted(noise(200_000));
        for (int length : new int[] {0, 10, 1000, 70_000, message.length - 1}) {
            byte[] cut = java.util.Arrays.copyOf(message, length);
            assertThatThrownBy(() -> decrypted(cut, PASSPHRASE)).as("length " + length).isInstanceOf(IOException.class);
        }
    }

    @Test
    void theRealProgramOpensIt(@TempDir Path folder) throws Exception {
        byte[] plain = noise(300_000);
        Files.write(folder.resolve("backup.gpg"), encrypted(plain));
        Path home = Files.createDirectory(folder.resolve("gnupg"), java.nio.file.attribute.PosixFilePermissions.asFileAttribute(
                java.nio.file.attribute.PosixFilePermissions.fromString("rwx------")));
        Process gpg = new ProcessBuilder("gpg", "--homedir", home.toString(), "--batch", "--status-fd", "2", "--pinentry-mode", "loopback",
                "--passphrase-fd", "0", "--output", folder.resolve("plain").toString(), "--decrypt", folder.resolve("backup.gpg").toString())
                .redirectErrorStream(true).start();
        try (OutputStream in = gpg.getOutputStream()) {
            in.write((PASSPHRASE + "\n").getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(gpg.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(gpg.waitFor(20, TimeUnit.SECONDS)).isTrue();
        new ProcessBuilder("gpgconf", "--homedir", home.toString(), "--kill", "all").start().waitFor();
        assertThat(gpg.exitValue()).as(said).isZero();
        assertThat(said).contains("GOODMDC", "DECRYPTION_INFO 2 9").doesNotContain("WARNING");
        assertThat(Files.readAllBytes(folder.resolve("plain"))).isEqualTo(plain);
    }
}
