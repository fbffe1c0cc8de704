package hokku.core.docker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// An authority of a test's own, by the program openssl: its certificate is `authority/ca.pem` of the folder.
final class TestCertificates {
    private static final String RSA = "rsa:2048";

    private final Path folder;
    private final Path authority;

    TestCertificates(Path folder) throws Exception {
        this.folder = folder;
        this.authority = Files.createDirectories(folder.resolve("authority"));
        openssl("req", "-x509", "-newkey", RSA, "-nodes", "-keyout", authority.resolve("key.pem").toString(), "-out",
                authority.resolve("ca.pem").toString(), "-days", "30", "-subj", "/CN=authority of " + folder.getFileName());
    }

    Path authority() {
        return authority.resolve("ca.pem");
    }

    /// A folder as a client has it, with a certificate for the next days.
    Path client(String name) throws Exception {
        return issue(name, "clientAuth", "DNS:" + name, 30);
    }

    /// A folder as an engine has it.
    ///
    /// @param names as in `DNS:localhost,IP:127.0.0.1`
    Path engine(String name, String names) throws Exception {
        return issue(name, "serverAuth", names, 30);
    }

    /// @param days from now on until it expires; negative: it has
    Path issue(String name, String use, String names, int days) throws Exception {
        Path own = Files.createDirectories(folder.resolve(name));
        String extensions = "[e]\nextendedKeyUsage=" + use + "\nsubjectAltName=" + names + "\n";
        Files.writeString(own.resolve("extensions"), extensions);
        openssl("req", "-newkey", RSA, "-nodes", "-keyout", own.resolve("key.pem").toString(), "-out", own.resolve("request").toString(),
                "-subj", "/CN=" + name);
        openssl("x509", "-req", "-in", own.resolve("request").toString(), "-CA", authority().toString(), "-CAkey",
                authority.resolve("key.pem").toString(), "-CAcreateserial", "-days", String.valueOf(days), "-extfile",
                own.resolve("extensions").toString(), "-extensions", "e", "-out", own.resolve("cert.pem").toString());
        Files.copy(authority(), own.resolve("ca.pem"));
        return own;
    }

    static void openssl(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command + ": " + said);
        }
    }

    /// What an engine does with such a folder.
    static SSLContext context(Path folder) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", PemFile.read(folder.resolve("ca.pem")).certificates().getFirst());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry("own", PemFile.read(folder.resolve("key.pem")).privateKey(), new char[0],
                PemFile.read(folder.resolve("cert.pem")).certificates().toArray(Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
