package hokku.redis;

import hokku.api.Service;
import hokku.api.spi.Datastore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What is run in a container by its shell, each in a file beside this class.
enum Script {
    START, READY, RECEIVE, ADOPT, VERIFY;

    private final String text;

    Script() {
        String name = name().toLowerCase(java.util.Locale.ROOT) + ".sh";
        try (InputStream file = Script.class.getResourceAsStream(name)) {
            text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    List<String> words(String... parameters) {
        List<String> words = new ArrayList<>(List.of("sh", "-c", text, "redis"));
        words.addAll(List.of(parameters));
        return words;
    }

    /// A call that may talk to the service's server.
    Datastore.Call call(Service service, String... parameters) {
        return new Datastore.Call(words(parameters), RedisCli.login(service));
    }
}
