package hokku.core.command;

import hokku.api.AppName;
import hokku.api.Identity;
import hokku.core.state.JsonText;
import java.io.FileOutputStream;
import java.io.IOException;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who did what: a file with a line of JSON for every command and push. Never holds a value.
///
/// A full file is put aside as `audit.jsonl.1`, and so on. Safe for use by several threads.
public final class Audit {
    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
    private static final long LIMIT = 10L * 1024 * 1024;
    private static final int KEPT = 4;

    private final Path file;
    private final JsonText json;
    private final Clock clock;
    private final long limit;

    public Audit(Path file, JsonText json) {
        this(file, json, Clock.systemUTC(), LIMIT);
    }

    Audit(Path file, JsonText json, Clock clock, long limit) {
        this.file = file;
        this.json = json;
        this.clock = clock;
        this.limit = limit;
    }

    /// Adds a line. What fails is logged, since the command has been done.
    ///
    /// @param names what the command was about besides the app, such as the names of variables
    void add(Identity who, String command, Optional<AppName> app, List<String> names, int exit, Duration took) {
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
        try {
            append(json.line(entry) + "\n");
        } catch (IOException | RuntimeException failed) {
            LOG.error("no audit line for {} by {}", command, who, failed);
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
        try (FileOutputStream out = new FileOutputStream(file.toFile(), true)) {
            out.write(line.getBytes(StandardCharsets.UTF_8));
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
