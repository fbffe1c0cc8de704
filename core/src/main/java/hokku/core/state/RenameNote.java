package hokku.core.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hokku.api.AppName;
import hokku.api.Domain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Says in an app's folder that the app is being renamed. It moves with the folder, whose move is the commit point: where it is found
/// after a crash tells whether the rename is to be finished or never was.
///
/// @param domains the app's own ones under its new name
public record RenameNote(AppName from, AppName to, List<Domain> domains) {
    public RenameNote {
        domains = List.copyOf(domains);
    }

    /// Writes it into the app's folder.
    public void write(Home home) throws IOException {
        ObjectNode json = StateJson.MAPPER.createObjectNode().put("from", from.value()).put("to", to.value());
        ArrayNode names = json.putArray("domains");
        domains.forEach(domain -> names.add(domain.value()));
        AtomicFile.write(file(home, from), StateJson.indented(json));
    }

    /// Reads what is in an app's folder.
    public static Optional<RenameNote> read(Home home, AppName app) throws IOException {
        if (!Files.exists(file(home, app))) {
            return Optional.empty();
        }
        JsonNode json = StateJson.MAPPER.readTree(Files.readAllBytes(file(home, app)));
        List<Domain> domains = new ArrayList<>();
        StateJson.required(json, "domains").forEach(domain -> domains.add(Domain.of(domain.asText())));
        return Optional.of(new RenameNote(AppName.of(StateJson.required(json, "from").asText()),
                AppName.of(StateJson.required(json, "to").asText()), domains));
    }

    /// Removes what is in an app's folder.
    public static void remove(Home home, AppName app) throws IOException {
        Files.deleteIfExists(file(home, app));
    }

    private static Path file(Home home, AppName app) {
        return home.app(app).resolve("renaming.json");
    }
}
