package hokku.dockerlocal;

import hokku.api.Attachment;
import hokku.api.Engine;
import hokku.api.Env;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a container listens on instead of the port that it should: a hint for the message of a failed check.
final class ListeningPorts {
    private static final Logger LOG = LoggerFactory.getLogger(ListeningPorts.class);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final String LISTENING = "0A";
    /// Where the engine's own name server listens in each container.
    private static final String NAME_SERVER = "0B00007F";

    private ListeningPorts() {}

    /// A sentence that begins with a blank, or nothing when nothing is known.
    static String hint(Engine engine, String container, int wanted) throws InterruptedException {
        FutureTask<String> reading = new FutureTask<>(() -> read(engine, container));
        Thread.ofVirtual().name("listening-ports").start(reading);
        try {
            return hint(reading.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS), wanted);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("Nobody can tell what container {} listens on", container, e);
            return "";
        } finally {
            reading.cancel(true);
        }
    }

    private static String read(Engine engine, String container) throws InterruptedException {
        ByteArrayOutputStream table = new ByteArrayOutputStream();
        engine.exec(container, List.of("cat", "/proc/net/tcp", "/proc/net/tcp6"), Env.EMPTY,
                Attachment.of(InputStream.nullInputStream(), table, new ByteArrayOutputStream(), Optional.empty()));
        return table.toString(StandardCharsets.UTF_8);
    }

    /// @param table the kernel's tables of sockets
    static String hint(String table, int wanted) {
        SortedSet<Integer> ports = new TreeSet<>();
        boolean loopback = false;
        for (String line : table.lines().toList()) {
            String[] columns = line.strip().split("\\s+");
            if (columns.length > 3 && columns[3].equals(LISTENING) && columns[1].matches("[0-9A-F]+:[0-9A-F]{4}")) {
                String[] local = columns[1].split(":");
                int port = Integer.parseInt(local[1], 16);
                if (port == wanted) {
                    loopback = true;
                } else if (!local[0].equals(NAME_SERVER)) {
                    ports.add(port);
                }
            }
        }
        if (loopback) {
            return " It listens there on 127.0.0.1 only, which nobody outside the container reaches.";
        }
        return ports.isEmpty() ? "" : " It listens on " + String.join(", ", ports.stream().map(String::valueOf).toList())
                + " instead.";
    }
}
