package hokku.core.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hokku.api.AppName;
import hokku.api.ProcessType;
import hokku.api.Release;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What happened to an app's releases, one line each, appended and synced: its last `live` line says what should serve.
///
/// Safe for use by several threads. Not ended by an interrupt.
public final class ReleaseJournal {
    private static final Logger LOG = LoggerFactory.getLogger(ReleaseJournal.class);

    /// Which deployment is live, and since when.
    ///
    /// @param release the number of the release; 0 says that none is live
    /// @param deployment the id of the rollout, which its containers carry
    /// @param scheduler the name of the scheduler that runs it; empty where an earlier version wrote the line
    /// @param revision the revision of the app's desired state that it runs with
    /// @param scale how many containers of each process it has, whatever is stored for the next one
    /// @param why `push`, `rollback`, `restart` …
    /// @param ref the move of a branch that goes with it
    public record Marker(int release, String deployment, String scheduler, long revision, SortedMap<ProcessType, Integer> scale, String why,
            Optional<RefMove> ref, String by, Instant at) {
        public Marker {
            scale = Collections.unmodifiableSortedMap(new TreeMap<>(scale));
        }

        /// Says that no release is live.
        public static Marker none(String by, Instant at) {
            return new Marker(0, "", "", 0, new TreeMap<>(), "none", Optional.empty(), by, at);
        }
    }

    /// A branch that moves when a release goes live.
    public record RefMove(String ref, String former, String commit) {}


    private final Path file;
    private final AppName app;
    private int lastNumber;
    private Optional<Marker> current = Optional.empty();
    private Optional<Release> currentRelease = Optional.empty();

    private ReleaseJournal(Path file, AppName app) {
        this.file = file;
        this.app = app;
    }

    /// Reads a journal, which need not exist yet; a last line that was not written to its end is dropped.
    public static ReleaseJournal open(Path file, AppName app) throws IOException {
        ReleaseJournal journal = new ReleaseJournal(file, app);
        JournalText text = new JournalText(file, journal.dropTornLine());
        journal.lastNumber = text.lastNumber();
        for (JsonNode live : text.lives()) {
            journal.current = Optional.of(marker(live));
        }
        if (journal.current.isPresent()) {
            Optional<JsonNode> release = text.release(journal.current.get().release());
            journal.currentRelease = release.isPresent() ? Optional.of(StateJson.toRelease(app, release.get())) : Optional.empty();
        }
        return journal;
    }

    /// Takes the next number: it is never used again, whatever becomes of it.
    public synchronized int begin(String commit, String by, Instant at) throws IOException {
        ObjectNode line = line("begin").put("number", lastNumber + 1).put("commit", commit).put("by", by).put("at", at.toString());
        append(line);
        return lastNumber;
    }

    public synchronized void release(Release release) throws IOException {
        ObjectNode line = line("release");
        line.setAll(StateJson.fromRelease(release));
        append(line);
    }

    public synchronized void failed(int number, String reason) throws IOException {
        append(line("failed").put("number", number).put("reason", reason));
    }

    /// Says what is live from now on. When this returns it holds, whatever happens to the machine.
    public synchronized void live(Marker marker) throws IOException {
        Optional<Release> release = marker.release() == 0 ? Optional.empty() : release(marker.release());
        if (marker.release() != 0 && release.isEmpty()) {
            throw new IllegalArgumentException(app + " has no release " + marker.release());
        }
        ObjectNode line = line("live").put("number", marker.release()).put("deployment", marker.deployment())
                .put("scheduler", marker.scheduler())
                .put("revision", marker.revision()).put("why", marker.why()).put("by", marker.by()).put("at", marker.at().toString());
        ObjectNode scale = line.putObject("scale");
        marker.scale().forEach((process, count) -> scale.put(process.value(), count));
        marker.ref().ifPresent(ref -> line.putObject("ref").put("name", ref.ref()).put("former", ref.former()).put("commit", ref.commit()));
        append(line);
        currentRelease = release;
    }

    /// Says that what went live last is not, and what is instead. Where the disk takes no more line, the last one is removed.
    public synchronized void takeBack(Marker former) throws IOException {
        try {
            live(former);
        } catch (IOException full) {
            LOG.warn("{}: no line more can be written, so what could not go live is removed", file, full);
            dropLive(former);
        }
    }

    /// Removes the last line, which says what went live.
    synchronized void dropLive(Marker former) throws IOException {
        dropLast("live");
        current = Optional.of(former);
        currentRelease = former.release() == 0 ? Optional.empty() : release(former.release());
    }

    /// What is live; empty when nothing ever was, or is any more.
    public synchronized Optional<Marker> current() {
        return current.filter(marker -> marker.release() != 0);
    }

    public synchronized Optional<Release> currentRelease() {
        return currentRelease;
    }

    /// The revision of the desired state that the last `live` line wants; 0 when there is none.
    synchronized long wantedRevision() {
        return current.map(Marker::revision).orElse(0L);
    }

    public synchronized Optional<Release> release(int number) throws IOException {
        return releases().stream().filter(release -> release.number() == number).findFirst();
    }

    /// Every release, the oldest first.
    public synchronized List<Release> releases() throws IOException {
        List<Release> found = new ArrayList<>();
        for (JsonNode line : lines()) {
            if (line.path("type").asText().equals("release")) {
                found.add(StateJson.toRelease(app, line));
            }
        }
        return found;
    }

    /// Why the deploy of a number failed; empty when it did not, or its end is not known.
    public synchronized Optional<String> failure(int number) throws IOException {
        return lines().stream().filter(line -> line.path("type").asText().equals("failed") && line.path("number").asInt() == number)
                .map(line -> line.path("reason").asText()).findFirst();
    }

    /// What was live, the oldest first, without what was taken back because the proxy could not switch to it.
    public synchronized List<Marker> markers() throws IOException {
        List<Marker> found = new ArrayList<>();
        for (JsonNode line : lines()) {
            if (line.path("type").asText().equals("live")) {
                Marker marker = marker(line);
                // The line that takes one back is the former one once more, or says that nothing is live.
                int former = found.indexOf(marker);
                if (marker.release() == 0 || former >= 0) {
                    found.subList(former + 1, found.size()).clear();
                } else {
                    found.add(marker);
                }
            }
        }
        return found;
    }

    private static ObjectNode line(String type) {
        return StateJson.MAPPER.createObjectNode().put("type", type);
    }

    private void note(JsonNode line) throws IOException {
        lastNumber = Math.max(lastNumber, line.path("number").asInt());
        if (line.path("type").asText().equals("live")) {
            current = Optional.of(marker(line));
        }
    }

    private static Marker marker(JsonNode line) throws IOException {
        Optional<RefMove> ref = Optional.ofNullable(line.get("ref"))
                .map(move -> new RefMove(move.path("name").asText(), move.path("former").asText(), move.path("commit").asText()));
        SortedMap<ProcessType, Integer> scale = new TreeMap<>();
        StateJson.required(line, "scale").properties().forEach(each -> scale.put(ProcessType.of(each.getKey()), each.getValue().asInt()));
        return new Marker(StateJson.required(line, "number").asInt(), StateJson.required(line, "deployment").asText(),
                line.path("scheduler").asText(), StateJson.required(line, "revision").asLong(), scale, line.path("why").asText(), ref, line.path("by").asText(),
                Instant.parse(StateJson.required(line, "at").asText()));
    }

    private List<JsonNode> lines() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        if (Files.exists(file)) {
            int number = 0;
            for (String text : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                number++;
                try {
                    lines.add(StateJson.MAPPER.readTree(text));
                } catch (IOException broken) {
                    throw new IOException(file + ", line " + number + " cannot be read: " + broken.getMessage(), broken);
                }
            }
        }
        return lines;
    }

    private void append(ObjectNode line) throws IOException {
        boolean isNew = !Files.exists(file);
        if (isNew) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            AtomicFile.syncFolder(file.getParent());
        }
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            long end = out.length();
            out.seek(end);
            try {
                out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                out.getFD().sync();
            } catch (IOException failed) {
                out.setLength(end);
                throw failed;
            }
        }
        note(line);
    }

    private void dropLast(String type) throws IOException {
        String content = Files.readString(file);
        int start = content.lastIndexOf('\n', content.length() - 2) + 1;
        if (!StateJson.MAPPER.readTree(content.substring(start)).path("type").asText().equals(type)) {
            throw new IOException(file + " does not end with what was to be taken back");
        }
        truncate(content.substring(0, start).getBytes(StandardCharsets.UTF_8).length);
    }

    private void truncate(long length) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(length);
            out.getFD().sync();
        }
    }

    /// @return what the file holds
    private byte[] dropTornLine() throws IOException {
        if (!Files.exists(file)) {
            return new byte[0];
        }
        byte[] content = Files.readAllBytes(file);
        int end = content.length;
        while (end > 0 && content[end - 1] != '\n') {
            end--;
        }
        if (end < content.length) {
            LOG.warn("{}: the last line was not written to its end; it is dropped", file);
            truncate(end);
        }
        return end == content.length ? content : Arrays.copyOf(content, end);
    }
}
