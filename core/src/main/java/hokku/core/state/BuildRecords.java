package hokku.core.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The builds of one app in its folder: `<n>.jsonl` says what became of each, `<n>.log` holds what it told its pusher.
///
/// They are a memory aid: nothing that runs depends on them, so one that cannot be read is left out. A line is appended as a build
/// begins, and one as it ends; the last whole one holds.
public record BuildRecords(Path folder) {
    private static final Logger LOG = LoggerFactory.getLogger(BuildRecords.class);
    private static final String RECORD = ".jsonl";
    private static final String LOG_FILE = ".log";

    /// What was removed.
    public record Removed(int files, long bytes) {
        public static final Removed NOTHING = new Removed(0, 0);

        public Removed plus(Removed other) {
            return new Removed(files + other.files, bytes + other.bytes);
        }
    }

    public Path log(int number) {
        return folder.resolve(number + LOG_FILE);
    }

    private Path record(int number) {
        return folder.resolve(number + RECORD);
    }

    public void write(BuildRecord build) throws IOException {
        Home.createPrivate(folder);
        ObjectNode json = StateJson.MAPPER.createObjectNode().put("number", build.number()).put("source", build.source())
                .put("commit", build.commit()).put("by", build.by()).put("started", build.started().toString())
                .put("status", build.status().name()).put("stage", build.stage()).put("reason", build.reason());
        build.finished().ifPresent(at -> json.put("finished", at.toString()));
        ObjectNode stages = json.putObject("stages");
        build.stages().forEach((stage, took) -> stages.put(stage, took.toMillis()));
        try (FileOutputStream out = new FileOutputStream(record(build.number()).toFile(), true)) {
            out.write((json + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    public Optional<BuildRecord> read(int number) {
        Path file = record(number);
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8).reversed()) {
                Optional<BuildRecord> build = parsed(file, line);
                if (build.isPresent()) {
                    return build;
                }
            }
        } catch (NoSuchFileException none) {
            LOG.trace("nothing is known of build {}", number);
        } catch (IOException broken) {
            LOG.warn("{} cannot be read, so that build is not shown: {}", file, broken.getMessage());
        }
        return Optional.empty();
    }

    private static Optional<BuildRecord> parsed(Path file, String line) {
        try {
            return Optional.of(parsed(StateJson.MAPPER.readTree(line)));
        } catch (IOException | RuntimeException torn) {
            LOG.debug("A line of {} was not written to its end", file, torn);
            return Optional.empty();
        }
    }

    private static BuildRecord parsed(JsonNode json) throws IOException {
        SequencedMap<String, Duration> stages = new LinkedHashMap<>();
        json.path("stages").properties().forEach(each -> stages.put(each.getKey(), Duration.ofMillis(each.getValue().asLong())));
        return new BuildRecord(StateJson.required(json, "number").asInt(), json.path("source").asText(), json.path("commit").asText(),
                json.path("by").asText(), Instant.parse(StateJson.required(json, "started").asText()),
                Optional.ofNullable(json.get("finished")).map(JsonNode::asText).map(Instant::parse),
                BuildRecord.Status.valueOf(StateJson.required(json, "status").asText()), json.path("stage").asText(),
                json.path("reason").asText(), stages);
    }

    /// Every build that is known, the newest first.
    public List<BuildRecord> all() throws IOException {
        return numbers().stream().flatMap(number -> read(number).stream()).toList();
    }

    /// The one that began last.
    public Optional<BuildRecord> newest() throws IOException {
        return numbers().stream().flatMap(number -> read(number).stream()).findFirst();
    }

    /// The numbers of all builds of which there is a record or a log, the newest first.
    private List<Integer> numbers() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(folder)) {
            return found.map(file -> file.getFileName().toString()).filter(name -> name.matches("[0-9]{1,9}\\.(jsonl|log)"))
                    .map(name -> Integer.parseInt(name.substring(0, name.lastIndexOf('.')))).distinct()
                    .sorted(Comparator.reverseOrder()).toList();
        }
    }

    /// Removes the oldest builds beyond a number, and the oldest outputs beyond a size. One that runs is left alone, and so is the
    /// newest output.
    ///
    /// @param running its number; 0 for none
    /// @param bytes what the outputs may hold together
    public Removed prune(int running, int most, long bytes) throws IOException {
        List<Integer> finished = new ArrayList<>(numbers());
        finished.removeIf(number -> number == running);
        Removed removed = Removed.NOTHING;
        for (int number : finished.subList(Math.min(most, finished.size()), finished.size())) {
            removed = removed.plus(remove(record(number))).plus(remove(log(number)));
        }
        long held = 0;
        boolean newest = true;
        for (int number : finished.subList(0, Math.min(most, finished.size()))) {
            Path log = log(number);
            if (Files.exists(log)) {
                held += Files.size(log);
                if (held > bytes && !newest) {
                    removed = removed.plus(remove(log));
                }
                newest = false;
            }
        }
        return removed;
    }

    private static Removed remove(Path file) throws IOException {
        try {
            long size = Files.size(file);
            Files.delete(file);
            return new Removed(1, size);
        } catch (NoSuchFileException gone) {
            return Removed.NOTHING;
        }
    }
}
