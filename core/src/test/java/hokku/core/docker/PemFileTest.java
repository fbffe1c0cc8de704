package hokku.core.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemFileTest {
    @TempDir
    private Path folder;

    @Test
    void keysAreReadInEveryFormThatOpensslWrites() throws Exception {
        String pkcs8 = file("rsa8.pem");
        TestCertificates.openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", pkcs8);
        TestCertificates.openssl("rsa", "-traditional", "-in", pkcs8, "-out", file("rsa1.pem"));
        assertThat(folder.resolve("rsa1.pem")).content().contains("BEGIN RSA PRIVATE KEY");
        assertThat(key("rsa1.pem")).isEqualTo(key("rsa8.pem"));
        assertThat(key("rsa8.pem").getAlgorithm()).isEqualTo("RSA");
        // with a block of its own for the parameters before it
        TestCertificates.openssl("ecparam", "-name", "secp384r1", "-genkey", "-out", file("ec1.pem"));
        TestCertificates.openssl("pkcs8", "-topk8", "-nocrypt", "-in", file("ec1.pem"), "-out", file("ec8.pem"));
        assertThat(folder.resolve("ec1.pem")).content().contains("BEGIN EC PARAMETERS", "BEGIN EC PRIVATE KEY");
        assertThat(key("ec1.pem").getAlgorithm()).isEqualTo("EC");
        assertThat(((java.security.interfaces.ECPrivateKey) key("ec1.pem")).getS())
                .isEqualTo(((java.security.interfaces.ECPrivateKey) key("ec8.pem")).getS());
        TestCertificates.openssl("genpkey", "-algorithm", "ed25519", "-out", file("ed.pem"));
        assertThat(key("ed.pem").getAlgorithm()).startsWith("Ed");
    }

    @Test
    void anEncryptedKeySaysHowToMakeOneThatIsNot() throws Exception {
        TestCertificates.openssl("genpkey", "-algorithm", "RSA", "-aes256", "-pass", "pass:secret", "-out", file("new.pem"));
        TestCertificates.openssl("rsa", "-traditional", "-aes256", "-passin", "pass:secret", "-passout", "pass:secret", "-in", file("new.pem"),
                "-out", file("old.pem"));
        for (String name : new String[]{"new.pem", "old.pem"}) {
            assertThatThrownBy(() -> key(name)).isInstanceOf(UserError.class).hasMessageContaining(file(name) + " is encrypted")
                    .hasMessageContaining("openssl pkey");
        }
    }

    @Test
    void whatIsWrongWithAKeyQuotesNothingOfIt() throws Exception {
        Files.writeString(folder.resolve("bad.pem"), "-----BEGIN PRIVATE KEY-----\nc2VjcmV0c2VjcmV0\n-----END PRIVATE KEY-----\n");
        assertThatThrownBy(() -> key("bad.pem")).isInstanceOf(UserError.class).hasNoCause().hasMessageContaining("is not understood")
                .hasMessageNotContaining("c2VjcmV0");
    }

    @Test
    void certificatesAreReadAmongWordsAboutThem() throws Exception {
        TestCertificates authority = new TestCertificates(folder.resolve("one"));
        TestCertificates.openssl("x509", "-in", authority.authority().toString(), "-text", "-out", file("text.pem"));
        String text = Files.readString(folder.resolve("text.pem"));
        Files.writeString(folder.resolve("two.pem"), text + text);
        assertThat(PemFile.read(folder.resolve("two.pem")).certificates()).hasSize(2);
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private PrivateKey key(String name) {
        return PemFile.read(folder.resolve(name)).privateKey();
    }
}
