package hokku.api;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/// What a container must pass before it gets traffic.
///
/// @param attempts how often the probe is tried before it counts as failed
/// @param timeout how long one try may take
/// @param pause the time between two tries
/// @param initialDelay the time before the first try
/// @param warn whether a failure only warns
public record Check(String name, Probe probe, int attempts, Duration timeout, Duration pause, Duration initialDelay, boolean warn) {
    /// What is tried.
    public sealed interface Probe {}

    /// A GET that answers with a status below 400.
    ///
    /// @param content what the body must contain; empty for anything
    /// @param port the container's port, absent for the one that is routed
    public record Http(String path, String content, Map<String, String> headers, OptionalInt port) implements Probe {
        public Http {
            headers = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(headers));
        }
    }

    /// A command inside the container that ends with exit code 0.
    public record Exec(List<String> words) implements Probe {
        public Exec {
            words = List.copyOf(words);
        }
    }

    /// A port that accepts a connection.
    ///
    /// @param port the container's port, absent for the one that is routed
    public record Listening(OptionalInt port) implements Probe {}

    /// The container still runs, without a restart, so long after its start.
    public record Uptime(Duration duration) implements Probe {}

    public Check {
        if (attempts < 1) {
            throw new UserError("Healthcheck " + Text.quoted(name) + ": attempts must be 1 or more");
        }
    }
}
