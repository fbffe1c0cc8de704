package hokku.core.ssh;

import hokku.core.state.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.io.resource.PathResource;
import org.apache.sshd.common.util.security.SecurityUtils;

/// The key by which clients know this server: made once, in OpenSSH's format, and kept.
final class HostKey {
    private static final String NAME = "ssh_host_ed25519_key";
    private static final int BITS = 256;

    private HostKey() {}

    /// Reads the key, or makes it. One that is there but cannot be read is an error: a new one would look like an attack.
    static KeyPair in(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        try {
            if (!Files.exists(file)) {
                make(file);
            }
            try (var in = Files.newInputStream(file)) {
                for (KeyPair pair : SecurityUtils.loadKeyPairIdentities(null, new PathResource(file), in, FilePasswordProvider.EMPTY)) {
                    return pair;
                }
            }
        } catch (GeneralSecurityException | RuntimeException failed) {
            throw new IOException("cannot read the host key " + file, failed);
        }
        throw new IOException("cannot read the host key " + file + ": no key in it");
    }

    private static void make(Path file) throws IOException, GeneralSecurityException {
        KeyPair pair = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, BITS);
        AtomicFile.write(file.resolveSibling(NAME + ".pub"), publicText(pair));
        ByteArrayOutputStream secret = new ByteArrayOutputStream();
        OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "hokku", null, secret);
        AtomicFile.write(file, secret.toByteArray());
    }

    private static byte[] publicText(KeyPair pair) throws IOException, GeneralSecurityException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        OpenSSHKeyPairResourceWriter.INSTANCE.writePublicKey(pair.getPublic(), "hokku", text);
        return text.toByteArray();
    }
}
