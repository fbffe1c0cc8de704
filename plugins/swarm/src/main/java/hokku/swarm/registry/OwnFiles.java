package hokku.swarm.registry;

import hokku.api.UserError;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/// What Hokku's own registry is reached with: its certificate authority and its password, made once and kept in files that nobody else may read.
///
/// Safe for use by several threads.
final class OwnFiles {
    static final String USER = "hokku";
    private static final int PASSWORD_BYTES = 32;

    private final PrivateFile certificate;
    private final PrivateFile key;
    private final PrivateFile password;
    private final String name;

    /// @param folder of its own, which is there
    /// @param name what people see as the authority's name
    OwnFiles(Path folder, String name) {
        this.certificate = new PrivateFile(folder.resolve("authority.crt"));
        this.key = new PrivateFile(folder.resolve("authority.key"));
        this.password = new PrivateFile(folder.resolve("password"));
        this.name = name;
    }

    synchronized Authority authority() {
        Optional<String> known = certificate.read();
        if (known.isPresent()) {
            return new Authority(known.get(), key.read().orElseThrow(() -> new UserError(key.path() + " is gone. Bring it back from a backup; or remove "
                    + certificate.path() + " too and run on every node again: dokku registry:trust-command")));
        }
        Authority fresh = Authority.create(name, Instant.now());
        // The certificate is the last: while it is not there, nobody was given one.
        key.write(fresh.key());
        certificate.write(fresh.certificate());
        return fresh;
    }

    synchronized Login login(RegistryServer server) {
        Optional<String> known = password.read();
        if (known.isEmpty()) {
            byte[] random = new byte[PASSWORD_BYTES];
            new SecureRandom().nextBytes(random);
            password.write(Base64.getUrlEncoder().withoutPadding().encodeToString(random));
        }
        return new Login(server, USER, password.read().orElseThrow());
    }
}
