package hokku.core.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Access;
import hokku.api.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorizedKeysTest {
    @TempDir
    private Path folder;
    private Path file;
    private AuthorizedKeys keys;

    @BeforeEach
    void open() {
        file = folder.resolve("authorized_keys");
        keys = new AuthorizedKeys(file);
    }

    @Test
    void aKeyIsAddedFoundAndRemoved() throws Exception {
        String text = key("ssh-ed25519", 256);
        AuthorizedKey added = keys.add("alice", Access.DEPLOY, text + " alice@laptop");
        assertThat(Files.readString(file)).isEqualTo("name=\"alice\",access=\"deploy\" " + text + " alice@laptop\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(keys.identify(added.fingerprint())).hasValueSatisfying(identity -> {
            assertThat(identity.name()).isEqualTo("alice");
            assertThat(identity.access()).isEqualTo(Access.DEPLOY);
        });
        assertThat(keys.remove(key -> key.name().equals("alice"))).hasSize(1);
        assertThat(keys.list()).isEmpty();
        assertThat(keys.identify(added.fingerprint())).isEmpty();
    }

    @Test
    void everyKindOfKeyThatIsStrongEnoughIsTaken() throws Exception {
        keys.add("a", Access.READ, key("ssh-ed25519", 256));
        keys.add("b", Access.READ, key("ssh-rsa", 2048));
        keys.add("c", Access.READ, key("ecdsa-sha2-nistp256", 256));
        assertThat(new AuthorizedKeys(file).list()).extracting(AuthorizedKey::name).containsExactly("a", "b", "c");
    }

    @Test
    void duplicatesAreRefused() throws Exception {
        String text = key("ssh-ed25519", 256);
        keys.add("alice", Access.DEPLOY, text);
        assertThatThrownBy(() -> keys.add("alice", Access.DEPLOY, key("ssh-ed25519", 256))).hasMessage("Duplicate ssh key name");
        assertThatThrownBy(() -> keys.add("bob", Access.DEPLOY, text)).hasMessage("Duplicate ssh public key specified");
        // the same key in another spelling
        String[] words = text.split(" ");
        String longer = java.util.Base64.getEncoder().encodeToString(
                java.util.Arrays.copyOf(java.util.Base64.getDecoder().decode(words[1]), java.util.Base64.getDecoder().decode(words[1]).length + 3));
        assertThatThrownBy(() -> keys.add("bob", Access.DEPLOY, words[0] + " " + longer)).isInstanceOf(UserError.class);
    }

    @Test
    void whatIsNoKeyIsRefused() throws Exception {
        String[] good = key("ssh-ed25519", 256).split(" ");
        for (String text : new String[] {"", "hello", "ssh-ed25519", "ssh-ed25519 !!!", "ssh-ed25519 AAAA", "ssh-rsa " + good[1],
                "-----BEGIN OPENSSH PRIVATE KEY-----", good[0] + " " + good[1].substring(0, 30)}) {
            assertThatThrownBy(() -> keys.add("alice", Access.DEPLOY, text)).as(text).isInstanceOf(UserError.class)
                    .hasMessage("Key specified in is not a valid ssh public key");
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void weakKeysAreRefused() throws Exception {
        String weak = key("ssh-rsa", 1024);
        assertThatThrownBy(() -> keys.add("alice", Access.DEPLOY, weak)).hasMessageContaining("2048");
        assertThatThrownBy(() -> keys.add("alice", Access.DEPLOY, "ssh-dss AAAAB3NzaC1kc3MAAACBAJ")).hasMessageContaining("DSA");
        assertThatThrownBy(() -> keys.add("alice", Access.DEPLOY, "ssh-ed25519-cert-v01@openssh.com AAAA")).hasMessageContaining("certificate");
    }

    @Test
    void optionsBeforeAPastedKeyAreDropped() throws Exception {
        String text = key("ssh-ed25519", 256);
        keys.add("alice", Access.READ, "command=\"echo \\\"hi there\\\"\",access=\"admin\",no-pty " + text);
        assertThat(Files.readString(file)).isEqualTo("name=\"alice\",access=\"read\" " + text + "\n");
    }

    @Test
    void aNameThatWouldBreakTheFileIsRefused() throws Exception {
        String text = key("ssh-ed25519", 256);
        for (String name : new String[] {"", "a b", "a\"b", "a\nb", "-a", "a".repeat(65)}) {
            assertThatThrownBy(() -> keys.add(name, Access.READ, text)).as(name).isInstanceOf(UserError.class);
        }
        // Nor does a comment.
        keys.add("alice", Access.READ, text + " a\u000bb");
        assertThat(Files.readAllLines(file)).hasSize(1);
    }

    @Test
    void aFileThatSomebodyChangedIsReadAgain() throws Exception {
        AuthorizedKey alice = keys.add("alice", Access.DEPLOY, key("ssh-ed25519", 256));
        String bob = key("ssh-ed25519", 256);
        Files.writeString(file, "# by hand\n\naccess=\"admin\",name=\"bob\" " + bob + "\n" + key("ssh-ed25519", 256) + " x\n");
        assertThat(keys.identify(alice.fingerprint())).isEmpty();
        assertThat(keys.list()).extracting(AuthorizedKey::name).containsExactly("bob", "default");
        assertThat(keys.list()).extracting(AuthorizedKey::access).containsExactly(Access.ADMIN, Access.DEPLOY);
        keys.add("carol", Access.READ, key("ssh-ed25519", 256));
        assertThat(Files.readAllLines(file)).hasSize(5).startsWith("# by hand", "");
        Files.delete(file);
        assertThat(keys.list()).isEmpty();
    }

    @Test
    void aLineThatCannotBeReadLetsNobodyIn() throws Exception {
        String text = key("ssh-ed25519", 256);
        Files.writeString(file, "from=\"10.0.0.1\" " + text + "\naccess=\"god\" " + text + "\nname=\"x\",access=\"read\" nonsense\n");
        assertThat(keys.list()).isEmpty();
    }

    @Test
    void theLastAdministratorStays() throws Exception {
        keys.add("admin", Access.ADMIN, key("ssh-ed25519", 256));
        keys.add("alice", Access.DEPLOY, key("ssh-ed25519", 256));
        assertThatThrownBy(() -> keys.remove(key -> key.name().equals("admin"))).isInstanceOf(UserError.class).hasMessageContaining("last key");
        keys.add("other", Access.ADMIN, key("ssh-ed25519", 256));
        keys.remove(key -> key.name().equals("admin"));
        assertThat(keys.list()).extracting(AuthorizedKey::name).containsExactly("alice", "other");
    }

    private static String key(String type, int bits) throws GeneralSecurityException, IOException {
        return PublicKeyEntry.toString(KeyUtils.generateKeyPair(type, bits).getPublic());
    }
}
