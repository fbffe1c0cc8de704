package hokku.core.command;

import hokku.api.Access;
import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.UserError;
import hokku.api.spi.Command;
import hokku.api.spi.Session;
import hokku.core.ssh.AuthorizedKey;
import hokku.core.ssh.AuthorizedKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `ssh-keys:add`, `ssh-keys:list` and `ssh-keys:remove`.
public final class KeyCommands implements Plugin {
    /// What no key may do here; the words are those that scripts look for.
    private static final String RESTRICTIONS = "no-agent-forwarding,no-user-rc,no-X11-forwarding,no-port-forwarding";
    private static final int LONGEST_KEY = 16 * 1024;

    private final AuthorizedKeys keys;

    public KeyCommands(AuthorizedKeys keys) {
        this.keys = keys;
    }

    @Override
    public void contribute(PluginContext context, Contributions to) {
        to.command(Add::new);
        to.command(Show::new);
        to.command(Remove::new);
    }

    @picocli.CommandLine.Command(name = "ssh-keys:add", description = "Add a public key, which is read from the standard input")
    private final class Add implements Command {
        @Option(names = "--access", paramLabel = "LEVEL", description = "What the key may do: read, operate, deploy (default) or admin")
        private Access access = Access.DEPLOY;
        @Parameters(index = "0", paramLabel = "<name>", description = "Whose key it is")
        private String name = "";
        @Parameters(index = "1", arity = "0..1", hidden = true)
        private String file = "";

        @Override
        public Access access() {
            return Access.ADMIN;
        }

        @Override
        public List<String> audited() {
            return List.of(name);
        }

        @Override
        public void run(Session session) throws IOException {
            if (!file.isEmpty()) {
                throw UserError.usage("A file on the server cannot be named. Send the key on the standard input: ssh-keys:add NAME < key.pub");
            }
            String text = new String(session.in().readNBytes(LONGEST_KEY), StandardCharsets.UTF_8);
            List<String> lines = text.lines().map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
            if (lines.isEmpty()) {
                throw new UserError("No key specified via file or pipe");
            }
            if (text.contains("PRIVATE KEY")) {
                throw new UserError("This is a private key, which is nobody's but yours. Send the public one: its file ends in .pub");
            }
            if (lines.size() > 1) {
                throw new UserError("Too many keys provided, set one per invocation of dokku ssh-keys:add <NAME> <KEY_FILE>");
            }
            session.print(keys.add(name, access, lines.getFirst()).fingerprint());
        }
    }

    @picocli.CommandLine.Command(name = "ssh-keys:list", description = "List the keys that may open sessions")
    private final class Show implements Command {
        @Mixin
        private final OutputFormat format = new OutputFormat();
        @Parameters(arity = "0..1", paramLabel = "<name>", description = "Only the key with this name")
        private String name = "";

        @Override
        public Access access() {
            return Access.ADMIN;
        }

        @Override
        public void run(Session session) {
            List<AuthorizedKey> shown = keys.list().stream().filter(key -> name.isEmpty() || key.name().equals(name)).toList();
            if (shown.isEmpty()) {
                throw new UserError("No public keys found.");
            }
            if (format.isJson()) {
                List<Map<String, String>> all = new ArrayList<>();
                shown.forEach(key -> all.add(fields(key)));
                session.json(all);
            } else {
                shown.forEach(key -> session.print("%s NAME=\"%s\" SSHCOMMAND_ALLOWED_KEYS=\"%s\" ACCESS=\"%s\""
                        .formatted(key.fingerprint(), key.name(), RESTRICTIONS, key.access())));
            }
        }

        private static Map<String, String> fields(AuthorizedKey key) {
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("fingerprint", key.fingerprint());
            fields.put("name", key.name());
            fields.put("SSHCOMMAND_ALLOWED_KEYS", RESTRICTIONS);
            fields.put("public-key", key.text());
            fields.put("access", key.access().toString());
            return fields;
        }
    }

    @picocli.CommandLine.Command(name = "ssh-keys:remove", description = "Remove a public key, by its name or its fingerprint")
    private final class Remove implements Command {
        @Option(names = "--fingerprint", paramLabel = "SHA256:…", description = "The key with this fingerprint")
        private Optional<String> fingerprint = Optional.empty();
        @Parameters(arity = "0..1", paramLabel = "<name>", description = "The key with this name")
        private Optional<String> name = Optional.empty();

        @Override
        public Access access() {
            return Access.ADMIN;
        }

        @Override
        public List<String> audited() {
            return name.or(() -> fingerprint).map(List::of).orElse(List.of());
        }

        @Override
        public void run(Session session) {
            if (name.isPresent() == fingerprint.isPresent()) {
                throw UserError.usage("Name the key, or give its fingerprint: ssh-keys:remove NAME, or ssh-keys:remove --fingerprint SHA256:…");
            }
            List<AuthorizedKey> removed = keys.remove(key -> name.isPresent()
                    ? key.name().equals(name.get()) : key.fingerprint().equals(fingerprint.orElseThrow()));
            if (removed.isEmpty()) {
                throw new UserError("There is no ssh key " + name.or(() -> fingerprint).orElseThrow() + ". See ssh-keys:list");
            }
            removed.forEach(key -> session.out().step("Removed the ssh key " + key));
        }
    }
}
