package hokku.core.command;

import hokku.api.AppName;
import hokku.api.Identity;
import hokku.core.state.JsonText;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who did what: a file with a line of JSON for every command and push. Never holds a value.
///
/// A full file is put aside as `audit.jsonl.1`, and so on. What `events` shows is read from here. Safe for use by several threads.
public final class Audit {
    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
    private static final long LIMIT = 10L * 1024 * 1024;
    private static final int KEPT = 4;
    /// Commands that concern the log itself: that it was switched off, and by whom, is always in it.
    private static final String OWN = "events:";
    /// How far a client that reads slowly may be behind.
    private static final int BACKLOG = 10_000;

    private final Path file;
    private final JsonText json;
    private final Clock clock;
    private final long limit;
    private final BooleanSupplier recording;
    private final Set<Tail> tails = ConcurrentHashMap.newKeySet();

    /// @param recording whether lines are added at all
    public Audit(Path file, JsonText json, BooleanSupplier recording) {
        this(file, json, Clock.systemUTC(), LIMIT, recording);
    }

    Audit(Path file, JsonText json, Clock clock, long limit, BooleanSupplier recording) {
        this.file = file;
        this.json = json;
        this.clock = clock;
        this.limit = limit;
        this.recording = recording;
    }

    /// Adds a line. One that cannot be written goes to the server's log instead, since the command has been done.
    ///
    /// @param names what the command was about besides the app, such as the names of variables
    void add(Identity who, String command, Optional<AppName> app, List<String> names, int exit, Duration took) {
        if (!recording.getAsBoolean() && !command.startsWith(OWN)) {
            return;
        }
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("when", Instant.now(clock).truncatedTo(ChronoUnit.MILLIS));
        entry.put("who", who.name());
        entry.put("fingerprint", who.fingerprint());
        entry.put("command", command);
        app.ifPresent(name -> entry.put("app", name));
        if (!names.isEmpty()) {
            entry.put("names", names);
        }
        entry.put("exit", exit);
        entry.put("ms", took.toMillis());
        String line = json.line(entry);
        try {
            append(line);
        } catch (IOException | RuntimeException failed) {
            LOG.error("{} could not be written ({}): {}", file, failed.getMessage(), line);
        }
    }

    private synchronized void append(String line) throws IOException {
        if (Files.exists(file) && Files.size(file) >= limit) {
            rotate();
        }
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException usual) {
            LOG.trace("appending");
        }
        // Not a channel: the thread may have been interrupted, which closes channels.
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            long end = out.length();
            out.seek(end);
            try {
                out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            } catch (IOException failed) {
                // Half a line would spoil the next one.
                out.setLength(end);
                throw failed;
            }
        }
        tails.forEach(tail -> tail.take(line));
    }

    /// The last lines that are wanted, the oldest first.
    List<String> last(int most, Predicate<String> wanted) throws IOException {
        return last(open(), most, wanted);
    }

    /// The last lines that are wanted, and then what is added.
    Tail tail(int most, Predicate<String> wanted) throws IOException {
        List<Part> parts;
        Tail tail = new Tail(wanted);
        // Together, so that no line is in both or in neither.
        synchronized (this) {
            parts = open();
            tails.add(tail);
        }
        try {
            tail.former = last(parts, most, wanted);
            return tail;
        } catch (IOException | RuntimeException failed) {
            tail.close();
            throw failed;
        }
    }

    private static List<String> last(List<Part> newestFirst, int most, Predicate<String> wanted) throws IOException {
        Deque<String> found = new ArrayDeque<>();
        try {
            for (Part part : newestFirst) {
                if (found.size() < most) {
                    part.lines().reversed().stream().filter(wanted).limit(most - found.size()).forEach(found::addFirst);
                }
            }
            return List.copyOf(found);
        } finally {
            for (Part part : newestFirst) {
                part.in().close();
            }
        }
    }

    /// Whatever is put aside or added meanwhile, these are read as they are now.
    private synchronized List<Part> open() throws IOException {
        List<Part> parts = new ArrayList<>();
        try {
            for (int i = 0; i <= KEPT; i++) {
                Path each = i == 0 ? file : old(i);
                if (Files.exists(each)) {
                    FileInputStream in = new FileInputStream(each.toFile());
                    parts.add(new Part(in, in.getChannel().size()));
                }
            }
            return parts;
        } catch (IOException failed) {
            for (Part part : parts) {
                part.in().close();
            }
            throw failed;
        }
    }

    private record Part(FileInputStream in, long size) {
        List<String> lines() throws IOException {
            return new String(in.readNBytes(Math.toIntExact(size)), StandardCharsets.UTF_8).lines().toList();
        }
    }

    /// What somebody follows until it is closed.
    final class Tail implements AutoCloseable {
        private final BlockingQueue<String> added = new LinkedBlockingQueue<>(BACKLOG);
        private final Predicate<String> wanted;
        private List<String> former = List.of();

        private Tail(Predicate<String> wanted) {
            this.wanted = wanted;
        }

        private void take(String line) {
            // Nobody's command waits for a client that does not read; the file has what it misses.
            if (wanted.test(line) && !added.offer(line)) {
                LOG.debug("A client that follows the events is too slow; it misses one");
            }
        }

        List<String> former() {
            return former;
        }

        /// Waits for the next line.
        String next() throws InterruptedException {
            return added.take();
        }

        @Override
        public void close() {
            tails.remove(this);
        }
    }

    private void rotate() throws IOException {
        for (int i = KEPT - 1; i > 0; i--) {
            if (Files.exists(old(i))) {
                Files.move(old(i), old(i + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.move(file, old(1), StandardCopyOption.REPLACE_EXISTING);
    }

    private Path old(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }
}
