package hokku.env;

import hokku.api.Apps;
import hokku.api.Env;
import hokku.api.Json;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Sets variables from a file that is sent as input.
@Command(name = "config:import", description = "Set variables from a file that is sent as input",
        customSynopsis = "dokku config:import [--format envfile|json] [--replace] [--no-restart] (<app>|--global) [-] < FILE")
final class ConfigImport extends ConfigChange {
    private static final int LARGEST = 8 * 1024 * 1024;

    private final Json json;

    @Option(names = "--format", defaultValue = "envfile", paramLabel = "<format>",
            description = "envfile (the default) or json")
    private String format;

    @Option(names = "--replace", description = "Unset the variables that the file does not have")
    private boolean replace;

    ConfigImport(Apps apps, Json json) {
        super(apps);
        this.json = json;
    }

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        if (!arguments().isEmpty() && !arguments().equals(List.of("-"))) {
            throw new UserError("A file is read from the input only. Use: config:import " + owner() + " < FILE");
        }
        Env imported = Env.of(parsed(input(session)));
        if (imported.isEmpty()) {
            throw new UserError("No config vars to set");
        }
        ConfigSet.announce(imported.keys(), session.out());
        change(env -> replace ? imported : env.merge(imported), session.out());
    }

    private Map<String, String> parsed(String text) {
        return switch (format) {
            case "envfile" -> new Envfile(text).variables();
            case "json" -> JsonFile.variables(json.read(text));
            default -> throw new UserError("Unknown import format: " + format + ". Use envfile or json");
        };
    }

    private static String input(Session session) throws IOException {
        byte[] bytes = session.in().readNBytes(LARGEST + 1);
        if (bytes.length > LARGEST) {
            throw new UserError("The input is larger than 8 MiB: that is no file of variables");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new UserError(UserError.FAILED, "The input is not text in UTF-8. Convert it, for instance with iconv", e);
        }
    }
}
