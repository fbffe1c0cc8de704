package hokku.core.docker;

import hokku.api.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// The certificates for one engine: whom to believe, and what to show. Safe for use by several threads.
///
/// They are read when they are needed, and again when a file has changed, so that they can be replaced while the server runs.
final class EngineCertificates {
    private static final char[] NO_PASSWORD = new char[0];

    private record Read(List<Object> state, SSLContext context, X509Certificate own) {}

    private final Path authorities;
    private final Path certificate;
    private final Path key;
    /// Guarded by this.
    private Optional<Read> read = Optional.empty();

    EngineCertificates(Path folder) {
        this.authorities = folder.resolve("ca.pem");
        this.certificate = folder.resolve("cert.pem");
        this.key = folder.resolve("key.pem");
    }

    Path authorities() {
        return authorities;
    }

    Path certificate() {
        return certificate;
    }

    /// The same object until a file changes.
    ///
    /// @throws UserError that names the file and says what is wrong with it
    synchronized SSLContext context() {
        List<Object> state = state();
        if (read.filter(former -> former.state().equals(state)).isEmpty()) {
            read = Optional.of(read(state));
        }
        Read current = read.get();
        checkDates(current.own());
        return current.context();
    }

    /// What changes with the files.
    private List<Object> state() {
        List<Object> state = new ArrayList<>();
        for (Path file : List.of(authorities, certificate, key)) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                state.add(List.of(attributes.lastModifiedTime(), attributes.size(), String.valueOf(attributes.fileKey())));
            } catch (IOException e) {
                // Reading it says why.
                PemFile.read(file);
                state.add(file);
            }
        }
        return state;
    }

    private Read read(List<Object> state) {
        List<X509Certificate> believed = PemFile.read(authorities).certificates();
        List<X509Certificate> shown = PemFile.read(certificate).certificates();
        PrivateKey secret = PemFile.read(key).privateKey();
        try {
            if (!belong(secret, shown.getFirst())) {
                throw new UserError(UserError.UNAVAILABLE, key + " is not the key of the certificate in " + certificate
                        + ". Put the two there that were made together");
            }
            return new Read(state, context(believed, shown, secret), shown.getFirst());
        } catch (GeneralSecurityException | IOException e) {
            throw new UserError(UserError.UNAVAILABLE, "The certificates in " + certificate.getParent() + " cannot be used: " + e.getMessage()
                    + ". Make new ones", e);
        }
    }

    private static SSLContext context(List<X509Certificate> believed, List<X509Certificate> shown, PrivateKey secret)
            throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, NO_PASSWORD);
        for (int i = 0; i < believed.size(); i++) {
            trusted.setCertificateEntry("authority" + i, believed.get(i));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, NO_PASSWORD);
        own.setKeyEntry("own", secret, NO_PASSWORD, shown.toArray(Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own, NO_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static boolean belong(PrivateKey secret, X509Certificate shown) throws GeneralSecurityException {
        String algorithm = switch (secret.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> secret.getAlgorithm();
        };
        if (Stream.of("RSA", "EC").anyMatch(kind -> kind.equals(secret.getAlgorithm()) != kind.equals(shown.getPublicKey().getAlgorithm()))) {
            return false;
        }
        byte[] any = shown.getSignature();
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(secret);
        signature.update(any);
        byte[] signed = signature.sign();
        signature.initVerify(shown.getPublicKey());
        signature.update(any);
        return signature.verify(signed);
    }

    private void checkDates(X509Certificate own) {
        try {
            own.checkValidity();
        } catch (CertificateExpiredException e) {
            throw new UserError(UserError.UNAVAILABLE, "The certificate in " + certificate + " has expired on " + own.getNotAfter().toInstant()
                    + ". Put a new one there, with its key", e);
        } catch (CertificateNotYetValidException e) {
            throw new UserError(UserError.UNAVAILABLE, "The certificate in " + certificate + " is valid from " + own.getNotBefore().toInstant()
                    + " on. Look whether the clock of this machine is right", e);
        }
    }
}
