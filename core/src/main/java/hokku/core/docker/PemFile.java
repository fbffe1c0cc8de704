package hokku.core.docker;

import hokku.api.UserError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/// A file of certificates or of a private key, in the form that OpenSSL writes.
final class PemFile {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s*(.*?)-----END \\1-----", Pattern.DOTALL);

    private record Block(String kind, String content) {
        boolean isEncrypted() {
            return kind.startsWith("ENCRYPTED") || content.contains("Proc-Type:");
        }

        byte[] bytes() {
            return Base64.getMimeDecoder().decode(content);
        }

        /// Neither kind nor content are to be shown.
        @Override
        public String toString() {
            return "Block";
        }
    }

    private final Path file;
    private final List<Block> blocks = new ArrayList<>();

    private PemFile(Path file, String text) {
        this.file = file;
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            blocks.add(new Block(block.group(1), block.group(2)));
        }
    }

    /// @throws UserError when it is missing or cannot be read
    static PemFile read(Path file) {
        try {
            return new PemFile(file, Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            throw unusable(file + " is missing. Put ca.pem, cert.pem and key.pem there, as docker's own program takes them", e);
        } catch (AccessDeniedException e) {
            throw unusable(file + " cannot be read by the server. Make it readable to the server's user, and the key to nobody else", e);
        } catch (IOException e) {
            throw unusable(file + " cannot be read: " + e, e);
        }
    }

    /// All that are in the file, in its order; at least one.
    List<X509Certificate> certificates() {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks) {
                if (block.kind().equals("CERTIFICATE")) {
                    certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.bytes())));
                }
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw unusable(file + " holds a certificate that is damaged. Put it there anew", e);
        }
        if (certificates.isEmpty()) {
            throw unusable(file + " holds no certificate. It must be in PEM form, with a line -----BEGIN CERTIFICATE-----");
        }
        return certificates;
    }

    /// PKCS#8, or the older forms for RSA (PKCS#1) and elliptic curves (SEC 1).
    PrivateKey privateKey() {
        Block block = blocks.stream().filter(one -> one.kind().endsWith("PRIVATE KEY")).findFirst().orElseThrow(() -> unusable(file
                + " holds no private key. It must be in PEM form, with a line -----BEGIN PRIVATE KEY-----"));
        if (block.isEncrypted()) {
            throw unusable(file + " is encrypted, and nobody is there to give the passphrase. Write it without one:"
                    + " openssl pkey -in key.pem -out plain.pem");
        }
        try {
            return privateKey(block);
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            // Without the cause: its text may quote what it could not read.
            throw unusable(file + " holds a private key that is not understood. Make one with: openssl genpkey -algorithm RSA -out key.pem");
        }
    }

    private static PrivateKey privateKey(Block block) throws GeneralSecurityException, IOException {
        ASN1Primitive content = ASN1Primitive.fromByteArray(block.bytes());
        PrivateKeyInfo key = switch (block.kind()) {
            case "RSA PRIVATE KEY" -> new PrivateKeyInfo(new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE), content);
            case "EC PRIVATE KEY" -> new PrivateKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey,
                    ECPrivateKey.getInstance(content).getParametersObject()), content);
            default -> PrivateKeyInfo.getInstance(content);
        };
        return KeyFactory.getInstance(key.getPrivateKeyAlgorithm().getAlgorithm().getId()).generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded()));
    }

    private static UserError unusable(String what) {
        return new UserError(UserError.UNAVAILABLE, what);
    }

    private static UserError unusable(String what, Throwable cause) {
        return new UserError(UserError.UNAVAILABLE, what, cause);
    }
}
