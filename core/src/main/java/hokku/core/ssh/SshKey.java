package hokku.core.ssh;

import hokku.api.UserError;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.digest.BuiltinDigests;

/// A public key, as it stands in a `.pub` file.
///
/// @param type the first word, `ssh-ed25519`
/// @param data the key itself, in Base64
/// @param comment what follows; may be empty
record SshKey(String type, String data, String comment, String fingerprint) {
    private static final int LEAST_RSA_BITS = 2048;
    private static final Set<String> TYPES = Set.of("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521", "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com");

    /// Whether a word names a type of key, trusted or not.
    static boolean isType(String word) {
        return TYPES.contains(word) || word.equals("ssh-dss") || word.contains("-cert-v01@");
    }

    /// Reads `type base64 comment`.
    ///
    /// @throws UserError when it is none, or a weak one
    static SshKey parse(String text) {
        String[] words = text.strip().split("[ \t]+", 3);
        if (words[0].equals("ssh-dss")) {
            throw new UserError("DSA keys are too weak. Make a new one: ssh-keygen -t ed25519");
        }
        if (words[0].contains("-cert-v01@")) {
            throw new UserError("This is a certificate. Add the public key itself, the file without -cert in its name");
        }
        if (words.length < 2 || !TYPES.contains(words[0])) {
            throw invalid();
        }
        PublicKey key = decode(words[0], words[1]);
        if (KeyUtils.RSA_ALGORITHM.equals(key.getAlgorithm()) && KeyUtils.getKeySize(key) < LEAST_RSA_BITS) {
            throw new UserError("RSA keys need %d bits or more, this one has %d. Make a new one: ssh-keygen -t ed25519"
                    .formatted(LEAST_RSA_BITS, KeyUtils.getKeySize(key)));
        }
        // Written anew from the decoded key, so that no two texts stand for the same key.
        String[] canonical = PublicKeyEntry.toString(key).split(" ");
        return new SshKey(canonical[0], canonical[1], words.length < 3 ? "" : printable(words[2]), fingerprint(key));
    }

    static String fingerprint(PublicKey key) {
        return KeyUtils.getFingerPrint(BuiltinDigests.sha256, key);
    }

    private static PublicKey decode(String type, String data) {
        try {
            PublicKey key = new PublicKeyEntry(type, Base64.getDecoder().decode(data)).resolvePublicKey(null, Map.of(), null);
            if (key == null || !type.equals(KeyUtils.getKeyType(key))) {
                throw invalid();
            }
            return key;
        } catch (IOException | GeneralSecurityException | RuntimeException wrong) {
            throw invalid();
        }
    }

    private static String printable(String comment) {
        return comment.strip().replaceAll("\\p{Cntrl}", " ");
    }

    private static UserError invalid() {
        return new UserError("Key specified in is not a valid ssh public key");
    }

    @Override
    public String toString() {
        return (type + " " + data + " " + comment).strip();
    }
}
