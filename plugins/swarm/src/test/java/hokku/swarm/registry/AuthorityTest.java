package hokku.swarm.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/// Certificates that Hokku makes itself.
class AuthorityTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @Test
    void anAuthorityIsSignedByItself() throws Exception {
        X509Certificate certificate = Authority.certificate(Authority.create("Hokku registry test", NOW).certificate());
        certificate.verify(certificate.getPublicKey());
        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=Hokku registry test");
        assertThat(certificate.getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
        assertThat(certificate.getKeyUsage()).containsExactly(false, false, false, false, false, true, true, false, false);
        // Beyond 2049, where a date has another form.
        assertThat(certificate.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(30 * 365)));
    }

    @Test
    void aServerIsKnownByItsNamesAndAddresses() throws Exception {
        Authority authority = Authority.create("test", NOW);
        X509Certificate signed = Authority.certificate(authority.sign(List.of("10.0.0.5", "fd00::5", "registry.example.com"), NOW, Duration.ofDays(397)).certificate());
        signed.verify(Authority.certificate(authority.certificate()).getPublicKey());
        assertThat(signed.getBasicConstraints()).isEqualTo(-1);
        assertThat(signed.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(signed.getSubjectAlternativeNames()).containsExactlyInAnyOrder(List.of(7, "10.0.0.5"), List.of(7, "fd00:0:0:0:0:0:0:5"), List.of(2, "registry.example.com"));
        assertThat(signed.getNotBefore().toInstant()).isEqualTo(NOW.minus(Duration.ofDays(1)));
        assertThat(signed.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(397)));
    }

    @Test
    void whoTrustsTheAuthorityTrustsTheServer() throws Exception {
        Authority authority = Authority.create("test", Instant.now());
        assertThat(said(authority, authority.sign(List.of("127.0.0.1"), Instant.now(), Duration.ofDays(1)))).isEqualTo("hello");
        assertThatThrownBy(() -> said(authority, authority.sign(List.of("127.0.0.2"), Instant.now(), Duration.ofDays(1))))
                .isInstanceOf(SSLHandshakeException.class);
        assertThatThrownBy(() -> said(Authority.create("test", Instant.now()), authority.sign(List.of("127.0.0.1"), Instant.now(), Duration.ofDays(1))))
                .isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void noKeyIsInAnyText() {
        Authority authority = Authority.create("test", NOW);
        assertThat(authority.toString() + authority.sign(List.of("x.y"), NOW, Duration.ofDays(1))).doesNotContain("KEY");
    }

    /// What a client that trusts the authority hears from a server with that certificate.
    private static String said(Authority authority, Authority.Signed signed) throws Exception {
        SSLContext serving = SSLContext.getInstance("TLS");
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        KeyStore own = empty();
        byte[] key = Base64.getMimeDecoder().decode(signed.key().replaceAll("-----[A-Z ]+-----", ""));
        own.setKeyEntry("own", KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)), new char[0],
                new Certificate[] {Authority.certificate(signed.certificate())});
        keys.init(own, new char[0]);
        serving.init(keys.getKeyManagers(), null, null);
        SSLContext trusting = SSLContext.getInstance("TLS");
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore trusted = empty();
        trusted.setCertificateEntry("authority", Authority.certificate(authority.certificate()));
        trust.init(trusted);
        trusting.init(null, trust.getTrustManagers(), null);
        InetAddress here = InetAddress.getByName("127.0.0.1");
        try (SSLServerSocket server = (SSLServerSocket) serving.getServerSocketFactory().createServerSocket(0, 1, here)) {
            Thread.ofVirtual().start(() -> greet(server));
            try (SSLSocket client = (SSLSocket) trusting.getSocketFactory().createSocket(here, server.getLocalPort()); InputStream in = client.getInputStream()) {
                SSLParameters parameters = client.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                client.setSSLParameters(parameters);
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }

    private static void greet(SSLServerSocket server) {
        try (SSLSocket client = (SSLSocket) server.accept(); OutputStream out = client.getOutputStream()) {
            out.write("hello".getBytes(StandardCharsets.UTF_8));
        } catch (java.io.IOException refused) {
            // The client says why.
        }
    }

    private static KeyStore empty() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
