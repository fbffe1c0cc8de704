package hokku.core.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Trusts whom the machine trusts: the authorities that this Java knows, and those that its administrator added
/// with `update-ca-certificates`.
public final class MachineTrust {
    public static final Path BUNDLE = Path.of("/etc/ssl/certs/ca-certificates.crt");

    private static final Logger LOG = LoggerFactory.getLogger(MachineTrust.class);

    private MachineTrust() {}

    /// @param bundle a file of certificates in PEM; one that is not there is left out
    static SSLSocketFactory sockets(Path bundle) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(bundle), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException broken) {
            throw unusable(broken);
        }
    }

    /// @param bundle a file of certificates in PEM; one that is not there is left out
    public static TrustManager[] managers(Path bundle) throws IOException {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int number = 0;
            for (X509Certificate known : known()) {
                trusted.setCertificateEntry("java-" + number++, known);
            }
            if (Files.exists(bundle)) {
                try (InputStream in = Files.newInputStream(bundle)) {
                    for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                        trusted.setCertificateEntry("machine-" + number++, each);
                    }
                } catch (GeneralSecurityException unreadable) {
                    LOG.warn("{} cannot be read: certificates of its authorities are not trusted", bundle, unreadable);
                }
            }
            return managers(trusted);
        } catch (GeneralSecurityException broken) {
            throw unusable(broken);
        }
    }

    private static IOException unusable(GeneralSecurityException broken) {
        return new IOException("The certificates that this machine trusts cannot be used", broken);
    }

    private static X509Certificate[] known() throws GeneralSecurityException {
        for (TrustManager manager : managers((KeyStore) null)) {
            if (manager instanceof X509TrustManager authorities) {
                return authorities.getAcceptedIssuers();
            }
        }
        return new X509Certificate[0];
    }

    private static TrustManager[] managers(KeyStore trusted) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory.getTrustManagers();
    }
}
