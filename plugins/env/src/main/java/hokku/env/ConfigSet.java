package hokku.env;

import hokku.api.Apps;
import hokku.api.EnvKey;
import hokku.api.Output;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Sets variables.
@Command(name = "config:set", description = "Set variables",
        customSynopsis = "dokku config:set [--encoded] [--no-restart] (<app>|--global) KEY=VALUE [KEY=VALUE ...]")
final class ConfigSet extends ConfigChange {
    @Option(names = "--encoded", description = "The values are in base64")
    private boolean encoded;

    ConfigSet(Apps apps) {
        super(apps);
    }

    @Override
    public List<String> audited() {
        return arguments().stream().map(pair -> pair.split("=", 2)[0]).toList();
    }

    @Override
    public void run(Session session) throws InterruptedException {
        TreeMap<EnvKey, String> values = new TreeMap<>();
        for (String pair : arguments()) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                // The word itself may be the end of a secret with a blank in it.
                throw new UserError("Invalid env pair: argument %d has no '='. Use KEY=VALUE, and quote a value with blanks"
                        .formatted(arguments().indexOf(pair) + 1) + " once more for the remote side: \"KEY='a b'\"");
            }
            EnvKey key = EnvKey.of(pair.substring(0, equals));
            values.put(key, encoded ? decoded(key, pair.substring(equals + 1)) : pair.substring(equals + 1));
        }
        if (values.isEmpty()) {
            throw new UserError("At least one env pair must be given");
        }
        announce(values.keySet(), session.out());
        change(env -> {
            var changed = env;
            for (var entry : values.entrySet()) {
                changed = changed.with(entry.getKey(), entry.getValue());
            }
            return changed;
        }, session.out());
    }

    /// Names only: what is printed here ends in the logs of whatever calls the command.
    static void announce(Iterable<EnvKey> keys, Output out) {
        out.step("Setting config vars");
        keys.forEach(key -> out.detail(key.value()));
    }

    private static String decoded(EnvKey key, String text) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Base64.getDecoder().decode(text))).toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new UserError(UserError.FAILED, "The value of " + key + " is not text in base64", e);
        }
    }
}
