package hokku.core.datastore.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hokku.core.state.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What is kept about the backups of a service: what a user set, and what became of it. A file beside the service's, which nobody else
/// may read.
///
/// @param retention how many backups of the schedule are kept; empty for the usual number, `0` for all
/// @param handled up to when the schedule was looked after
/// @param missed times of the schedule that passed without a run before the last run
/// @param places where backups were written to, the newest last
record Notes(Optional<S3Access> access, Optional<String> passphrase, Optional<Schedule> schedule, OptionalInt retention,
        Optional<Instant> handled, Optional<Last> last, Optional<Failure> failure, Optional<Proof> proof, Optional<Missed> missed,
        List<Place> places) {
    static final Notes NONE = new Notes(Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty(), Optional.empty(),
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of());
    private static final String FILE = "backup.json";
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int MOST_PLACES = 5;

    /// When a backup is made by itself.
    ///
    /// @param cron with five fields
    record Schedule(String cron, ZoneId zone, Place place) {}

    /// A place in the user's words.
    ///
    /// @param iam whether the machine's own role opens it
    record Place(String text, boolean iam) {}

    /// The last backup that succeeded.
    record Last(Backup backup, String place) {}

    record Failure(Instant at, String reason) {}

    /// The last time that a backup was restored to prove it.
    record Proof(Instant at, String file) {}

    record Missed(int count, Instant latest) {}

    Notes withAccess(Optional<S3Access> changed) {
        return new Notes(changed, passphrase, schedule, retention, handled, last, failure, proof, missed, places);
    }

    Notes withPassphrase(Optional<String> changed) {
        return new Notes(access, changed, schedule, retention, handled, last, failure, proof, missed, places);
    }

    Notes withSchedule(Optional<Schedule> changed, Instant now) {
        return new Notes(access, passphrase, changed, retention, changed.map(each -> now), last, failure, proof, Optional.empty(), places);
    }

    Notes withRetention(OptionalInt changed) {
        return new Notes(access, passphrase, schedule, changed, handled, last, failure, proof, missed, places);
    }

    Notes withHandled(Instant until, Optional<Missed> passed) {
        return new Notes(access, passphrase, schedule, retention, Optional.of(until), last, failure, proof, passed, places);
    }

    Notes withLast(Last made, Place place) {
        List<Place> all = new ArrayList<>(places);
        all.remove(place);
        all.add(place);
        return new Notes(access, passphrase, schedule, retention, handled, Optional.of(made), Optional.empty(), proof, missed,
                List.copyOf(all.subList(Math.max(0, all.size() - MOST_PLACES), all.size())));
    }

    Notes withFailure(Instant at, String reason) {
        return new Notes(access, passphrase, schedule, retention, handled, last, Optional.of(new Failure(at, reason.strip().replaceAll("\\s*\\R\\s*", " "))), proof, missed, places);
    }

    Notes withProof(Instant at, String file) {
        return new Notes(access, passphrase, schedule, retention, handled, last, failure, Optional.of(new Proof(at, file)), missed, places);
    }

    /// @param folder the service's
    static Notes read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return NONE;
        }
        try {
            return from(MAPPER.readTree(Files.readAllBytes(file)));
        } catch (IOException | RuntimeException broken) {
            // Not its cause: that may quote what stands in the file.
            throw new IOException("the file " + file + " cannot be read");
        }
    }

    void write(Path folder) throws IOException {
        AtomicFile.write(folder.resolve(FILE), MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node()) + "\n");
    }

    private ObjectNode node() {
        ObjectNode json = MAPPER.createObjectNode();
        access.ifPresent(each -> json.putObject("access").put("key", each.key()).put("secret", each.secret()).put("region", each.region())
                .put("endpoint", each.endpoint()).put("virtualHosted", each.virtualHosted()));
        passphrase.ifPresent(each -> json.put("passphrase", each));
        schedule.ifPresent(each -> json.putObject("schedule").put("cron", each.cron()).put("zone", each.zone().getId())
                .put("place", each.place().text()).put("iam", each.place().iam()));
        retention.ifPresent(each -> json.put("retention", each));
        handled.ifPresent(each -> json.put("handled", each.toString()));
        last.ifPresent(each -> json.putObject("last").put("place", each.place()).set("backup", each.backup().node()));
        failure.ifPresent(each -> json.putObject("failure").put("at", each.at().toString()).put("reason", each.reason()));
        proof.ifPresent(each -> json.putObject("proof").put("at", each.at().toString()).put("file", each.file()));
        missed.ifPresent(each -> json.putObject("missed").put("count", each.count()).put("latest", each.latest().toString()));
        places.forEach(each -> json.withArray("places").addObject().put("place", each.text()).put("iam", each.iam()));
        return json;
    }

    private static Notes from(JsonNode json) throws IOException {
        Optional<Last> last = Optional.empty();
        if (json.has("last")) {
            last = Optional.of(new Last(Backup.from(json.get("last").get("backup")), json.get("last").get("place").asText()));
        }
        List<Place> places = new ArrayList<>();
        json.path("places").forEach(each -> places.add(new Place(each.get("place").asText(), each.get("iam").asBoolean())));
        return new Notes(
                part(json, "access").map(each -> new S3Access(each.get("key").asText(), each.get("secret").asText(), each.get("region").asText(),
                        each.get("endpoint").asText(), each.get("virtualHosted").asBoolean())),
                part(json, "passphrase").map(JsonNode::asText),
                part(json, "schedule").map(each -> new Schedule(each.get("cron").asText(), ZoneId.of(each.get("zone").asText()),
                        new Place(each.get("place").asText(), each.get("iam").asBoolean()))),
                json.has("retention") ? OptionalInt.of(json.get("retention").asInt()) : OptionalInt.empty(),
                part(json, "handled").map(each -> Instant.parse(each.asText())), last,
                part(json, "failure").map(each -> new Failure(Instant.parse(each.get("at").asText()), each.get("reason").asText())),
                part(json, "proof").map(each -> new Proof(Instant.parse(each.get("at").asText()), each.get("file").asText())),
                part(json, "missed").map(each -> new Missed(each.get("count").asInt(), Instant.parse(each.get("latest").asText()))),
                List.copyOf(places));
    }

    private static Optional<JsonNode> part(JsonNode json, String field) {
        return Optional.ofNullable(json.get(field));
    }

    @Override
    public String toString() {
        return "Notes[" + schedule + ", " + last + ", " + failure + "]";
    }
}
