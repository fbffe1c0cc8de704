package hokku.core.datastore.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hokku.api.Service;
import hokku.api.ServiceName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A backup that is whole: a file with the dump, and beside it a small one that says this of it, written last.
///
/// Nothing counts as a backup without the small file, and the small file without the other is none either.
///
/// @param file the name of the file with the dump, `postgres-db-20261120T030000Z.dump`; with `.gpg` where it is encrypted
/// @param image what the service ran when it was made
/// @param size of the file, in bytes
/// @param sha256 of the file, in hexadecimal digits
/// @param contents what a look through the dump found, in words
/// @param scheduled whether the schedule made it: only those are ever removed by themselves
public record Backup(String file, String datastore, String service, String image, Instant made, long size, String sha256, String contents,
        boolean scheduled) {
    static final String DUMP = ".dump";
    static final String ENCRYPTED = ".gpg";
    static final String MANIFEST = ".json";
    /// More is not a description of a backup.
    static final int MOST_MANIFEST = 64 * 1024;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /// What the files of a service begin with. The time after it begins with digits and has a capital letter, which no name has, so that
    /// `db` and `db-2` are told apart.
    static String prefix(String datastore, ServiceName service) {
        return datastore + "-" + service + "-";
    }

    static String fileName(Service service, Instant time, boolean encrypted) {
        return prefix(service.datastore(), service.name()) + TIME.format(time) + DUMP + (encrypted ? ENCRYPTED : "");
    }

    /// The time in the name of a file with a dump of a service; empty for any other file.
    static Optional<Instant> time(String datastore, ServiceName service, String file) {
        Matcher matcher = Pattern.compile(Pattern.quote(prefix(datastore, service)) + "(\\d{8}T\\d{6}Z)\\.dump(\\.gpg)?").matcher(file);
        return matcher.matches() ? Optional.of(TIME.parse(matcher.group(1), Instant::from)) : Optional.empty();
    }

    String manifest() {
        return file + MANIFEST;
    }

    public boolean encrypted() {
        return file.endsWith(ENCRYPTED);
    }

    byte[] toJson() {
        try {
            return (MAPPER.writeValueAsString(node()) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    ObjectNode node() {
        return MAPPER.createObjectNode().put("format", 1).put("file", file).put("datastore", datastore).put("service", service).put("image", image)
                .put("made", made.truncatedTo(ChronoUnit.SECONDS).toString()).put("size", size).put("sha256", sha256).put("contents", contents)
                .put("scheduled", scheduled);
    }

    /// @throws IOException when that describes no backup
    static Backup fromJson(byte[] json) throws IOException {
        return from(MAPPER.readTree(json));
    }

    static Backup from(JsonNode node) throws IOException {
        try {
            if (node.path("format").asInt() != 1) {
                throw new IOException("it is of a form that this version does not know");
            }
            return new Backup(text(node, "file"), text(node, "datastore"), text(node, "service"), text(node, "image"),
                    Instant.parse(text(node, "made")), node.path("size").asLong(-1), text(node, "sha256"), text(node, "contents"),
                    node.path("scheduled").asBoolean());
        } catch (java.time.DateTimeException broken) {
            throw new IOException("it has no time", broken);
        }
    }

    private static String text(JsonNode node, String field) throws IOException {
        if (!node.path(field).isTextual()) {
            throw new IOException("it has no " + field);
        }
        return node.path(field).asText();
    }

    /// `12.5 MB`.
    public static String size(long bytes) {
        if (bytes < 1000) {
            return bytes + " bytes";
        }
        double value = bytes;
        int unit = -1;
        do {
            value /= 1000;
            unit++;
        } while (value >= 999.95 && unit < 4);
        return String.format(Locale.ROOT, "%.1f %cB", value, "kMGTP".charAt(unit));
    }
}
