package hokku.core.ssh;

import hokku.api.Access;
import hokku.api.Identity;
import hokku.api.UserError;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A public key that may open sessions.
public final class AuthorizedKey {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}");

    private final String name;
    private final Access access;
    private final SshKey key;

    private AuthorizedKey(String name, Access access, SshKey key) {
        this.name = name;
        this.access = access;
        this.key = key;
    }

    /// @param text the public key, as in a `.pub` file; options before it are dropped
    /// @throws UserError when the name or the key is not valid
    static AuthorizedKey of(String name, Access access, String text) {
        if (!NAME.matcher(name).matches()) {
            throw new UserError("A key's name has up to 64 letters, digits and any of . _ @ + - and begins with a letter or digit");
        }
        String key = text.strip();
        return new AuthorizedKey(name, access, SshKey.parse(key.substring(optionsEnd(key)).strip()));
    }

    /// Reads a line of the file. An option that is not known makes it invalid: it might be there to restrict the key.
    ///
    /// @throws UserError when it is no such line
    static AuthorizedKey parse(String line) {
        String text = line.strip();
        int end = optionsEnd(text);
        Map<String, String> options = options(text.substring(0, end));
        String name = Optional.ofNullable(options.remove("name")).orElse("default");
        Access access = Optional.ofNullable(options.remove("access")).map(AuthorizedKey::access).orElse(Access.DEPLOY);
        if (!options.isEmpty()) {
            throw new UserError("Unknown option " + options.keySet().iterator().next());
        }
        return of(name, access, text.substring(end));
    }

    private static Access access(String text) {
        try {
            return Access.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw new UserError(UserError.FAILED, "Unknown access " + text + ". Use one of: read, operate, deploy, admin", unknown);
        }
    }

    /// Where the options before a key end: at the first blank outside of quotes; 0 when there are none.
    private static int optionsEnd(String line) {
        if (SshKey.isType(line.split("[ \t]", 2)[0])) {
            return 0;
        }
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == ' ' || c == '\t')) {
                return i;
            }
        }
        return 0;
    }

    private static Map<String, String> options(String text) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String option : text.split(",(?=([^\"]*\"[^\"]*\")*[^\"]*$)")) {
            if (!option.isBlank()) {
                int equals = option.indexOf('=');
                String value = equals < 0 ? "" : option.substring(equals + 1).replace("\"", "");
                options.put(equals < 0 ? option : option.substring(0, equals), value);
            }
        }
        return options;
    }

    public String name() {
        return name;
    }

    public Access access() {
        return access;
    }

    /// `SHA256:…`, as `ssh-keygen -l` prints it.
    public String fingerprint() {
        return key.fingerprint();
    }

    /// The key as in a `.pub` file.
    public String text() {
        return key.toString();
    }

    Identity identity() {
        return Identity.of(name, fingerprint(), access);
    }

    String line() {
        return "name=\"%s\",access=\"%s\" %s".formatted(name, access, key);
    }

    @Override
    public String toString() {
        return name + " " + fingerprint();
    }
}
