package hokku.swarm.registry;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;

/// A certificate authority of Hokku's own, which signs the certificate of its registry: nodes trust it once, and need nothing when a certificate is
/// renewed.
///
/// @param certificate in PEM, no secret
/// @param key in PEM
record Authority(String certificate, String key) {
    private static final Duration LIFE = Duration.ofDays(30 * 365L);
    /// A clock that is a little late would find a new certificate not valid yet.
    private static final Duration LATE = Duration.ofDays(1);
    private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
    private static final String CURVE = "secp256r1";
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F]*(:[0-9a-fA-F]*){2,7}");
    private static final Pattern PEM = Pattern.compile("-----BEGIN [A-Z ]+-----([A-Za-z0-9+/=\\s]+)-----END [A-Z ]+-----\\s*");
    private static final SecureRandom RANDOM = new SecureRandom();

    /// A certificate of a server, with its key.
    ///
    /// @param certificate in PEM
    /// @param key in PEM
    record Signed(String certificate, String key) {
        @Override
        public String toString() {
            return "a certificate and its key";
        }
    }

    /// @param name what people see as its name
    static Authority create(String name, Instant now) {
        try {
            KeyPair keys = keys();
            X500Principal self = new X500Principal("CN=" + name);
            byte[] certificate = certificate(self, self, keys.getPublic(), keys, now, LIFE,
                    extension("2.5.29.19", true, Der.sequence(Der.truth())),
                    extension("2.5.29.15", true, Der.bits(1, new byte[] {0x06})));
            return new Authority(pem("CERTIFICATE", certificate), pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("the Java runtime cannot make a certificate", missing);
        }
    }

    /// A certificate for a server.
    ///
    /// @param hosts names and addresses that it is reached by
    Signed sign(List<String> hosts, Instant now, Duration life) {
        try {
            X509Certificate own = certificate(certificate);
            PrivateKey ownKey = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(bytes(key)));
            KeyPair keys = keys();
            byte[] signed = certificate(own.getSubjectX500Principal(), new X500Principal("CN=Hokku registry"), keys.getPublic(),
                    new KeyPair(own.getPublicKey(), ownKey), now, life,
                    extension("2.5.29.19", true, Der.sequence()),
                    extension("2.5.29.15", true, Der.bits(7, new byte[] {(byte) 0x80})),
                    extension("2.5.29.37", false, Der.sequence(Der.identifier("1.3.6.1.5.5.7.3.1"))),
                    extension("2.5.29.17", false, Der.sequence(names(hosts))));
            return new Signed(pem("CERTIFICATE", signed), pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("the authority's certificate and key do not fit", broken);
        }
    }

    static X509Certificate certificate(String pem) throws GeneralSecurityException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }

    /// Whether it is an address and no name.
    static boolean isAddress(String host) {
        if (!ADDRESS.matcher(host).matches()) {
            return false;
        }
        try {
            return InetAddress.ofLiteral(host) != null;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(CURVE));
        return generator.generateKeyPair();
    }

    private static byte[] certificate(X500Principal issuer, X500Principal subject, PublicKey key, KeyPair issuers, Instant now, Duration life,
            byte[]... extensions) throws GeneralSecurityException {
        List<byte[]> all = new ArrayList<>(List.of(extensions));
        all.add(extension("2.5.29.14", false, Der.octets(keyId(key))));
        all.add(extension("2.5.29.35", false, Der.sequence(Der.numbered(0, false, keyId(issuers.getPublic())))));
        byte[] algorithm = Der.sequence(Der.identifier(ECDSA_WITH_SHA256));
        byte[] content = Der.sequence(
                Der.numbered(0, true, Der.integer(BigInteger.TWO)),
                Der.integer(new BigInteger(127, RANDOM).add(BigInteger.ONE)),
                algorithm,
                issuer.getEncoded(),
                Der.sequence(Der.time(now.minus(LATE)), Der.time(now.plus(life))),
                subject.getEncoded(),
                key.getEncoded(),
                Der.numbered(3, true, Der.sequence(all.toArray(byte[][]::new))));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(issuers.getPrivate());
        signature.update(content);
        return Der.sequence(content, algorithm, Der.bits(0, signature.sign()));
    }

    private static byte[] extension(String identifier, boolean critical, byte[] content) {
        return critical ? Der.sequence(Der.identifier(identifier), Der.truth(), Der.octets(content))
                : Der.sequence(Der.identifier(identifier), Der.octets(content));
    }

    private static byte[][] names(List<String> hosts) {
        byte[][] names = new byte[hosts.size()][];
        for (int i = 0; i < names.length; i++) {
            String host = hosts.get(i);
            names[i] = isAddress(host) ? Der.numbered(7, false, InetAddress.ofLiteral(host).getAddress())
                    : Der.numbered(2, false, host.getBytes(StandardCharsets.US_ASCII));
        }
        return names;
    }

    private static byte[] keyId(PublicKey key) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-1").digest(key.getEncoded());
    }

    private static String pem(String what, byte[] content) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + what + "-----\n";
    }

    private static byte[] bytes(String pem) throws GeneralSecurityException {
        Matcher content = PEM.matcher(pem);
        if (!content.matches()) {
            throw new GeneralSecurityException("not in PEM");
        }
        return Base64.getMimeDecoder().decode(content.group(1));
    }

    @Override
    public String toString() {
        return "a certificate authority";
    }
}
