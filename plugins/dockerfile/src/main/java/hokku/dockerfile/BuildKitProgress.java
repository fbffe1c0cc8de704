package hokku.dockerfile;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Follows a build by the progress that `docker buildx` tells as JSON, and condenses it: a line when a step begins, what it prints
/// as it comes, a line when it is done.
///
/// Called by one thread at a time.
final class BuildKitProgress {
    /// What happens between the steps, and what is done before them is told by a line only when it fails.
    private static final Pattern INWARD = Pattern.compile("\\[internal] .*|copy /context.*|exporting .*|\\[auth] .*|merging .*|preparing .*");
    private static final Pattern CANCELLED = Pattern.compile("(?i).*context cancell?ed.*");
    /// What is done sooner, without a word, is not worth a line.
    private static final Duration WORTH_TELLING = Duration.ofMillis(100);

    /// One step of the build, for which a line was written.
    private static final class Step {
        private final int number;
        private final String name;
        private final StringBuilder partial = new StringBuilder();
        private boolean spoke;
        private boolean done;

        private Step(int number, String name) {
            this.number = number;
            this.name = name;
        }

        private String title() {
            return "#" + number + " " + name;
        }
    }

    /// A step that failed.
    record Failure(String step, String reason) {}

    private final Consumer<String> lines;
    private final Map<String, Step> steps = new HashMap<>();
    private final List<String> others = new ArrayList<>();
    private boolean begun;
    private Optional<Step> speaking = Optional.empty();
    private Optional<Failure> failure = Optional.empty();

    BuildKitProgress(Consumer<String> lines) {
        this.lines = lines;
    }

    /// Takes what is new.
    void accept(Map<?, ?> event) {
        begun = true;
        each(event, "vertexes").forEach(this::vertex);
        each(event, "logs").forEach(this::log);
    }

    /// Takes a line that is no progress: the reason of a failure comes as such.
    void other(String line) {
        if (!line.isBlank()) {
            others.add(line.strip());
        }
    }

    private static List<Map<?, ?>> each(Map<?, ?> event, String name) {
        List<Map<?, ?>> found = new ArrayList<>();
        if (event.get(name) instanceof List<?> all) {
            for (Object one : all) {
                if (one instanceof Map<?, ?> map) {
                    found.add(map);
                }
            }
        }
        return found;
    }

    private static Optional<String> text(Map<?, ?> from, String name) {
        return from.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private static Optional<Instant> time(Map<?, ?> from, String name) {
        return text(from, name).map(Instant::parse);
    }

    private void vertex(Map<?, ?> vertex) {
        String digest = text(vertex, "digest").orElse("");
        String name = text(vertex, "name").orElse("").lines().findFirst().orElse("");
        Optional<String> error = text(vertex, "error").filter(reason -> !reason.isBlank() && !CANCELLED.matcher(reason).matches());
        boolean cached = Boolean.TRUE.equals(vertex.get("cached"));
        if (time(vertex, "started").isPresent() && !steps.containsKey(digest) && !INWARD.matcher(name).matches()) {
            Step step = new Step(steps.size() + 1, name);
            steps.put(digest, step);
            step.done = cached;
            begin(step, cached ? step.title() + " CACHED" : step.title());
        }
        Optional.ofNullable(steps.get(digest)).ifPresent(step -> end(step, vertex, cached));
        if (failure.isEmpty()) {
            failure = error.map(reason -> new Failure(name, reason));
        }
    }

    private void begin(Step step, String line) {
        speaking.ifPresent(this::flush);
        speaking = Optional.of(step);
        lines.accept(line);
    }

    private void end(Step step, Map<?, ?> vertex, boolean cached) {
        Optional<Instant> completed = time(vertex, "completed");
        if (completed.isEmpty() || step.done) {
            return;
        }
        flush(step);
        Duration took = Duration.between(time(vertex, "started").orElse(completed.get()), completed.get());
        if (cached) {
            step.done = true;
            lines.accept("#" + step.number + " CACHED");
        } else if (text(vertex, "error").isEmpty() && (step.spoke || took.compareTo(WORTH_TELLING) >= 0)) {
            step.done = true;
            lines.accept("#%d DONE %s".formatted(step.number, seconds(took)));
        }
    }

    private static String seconds(Duration took) {
        return String.format(Locale.ROOT, "%.1fs", took.toMillis() / 1000.0);
    }

    private void log(Map<?, ?> log) {
        Step step = steps.get(text(log, "vertex").orElse(""));
        if (step == null) {
            return;
        }
        step.partial.append(new String(Base64.getDecoder().decode(text(log, "data").orElse("")), StandardCharsets.UTF_8));
        for (int end = step.partial.indexOf("\n"); end >= 0; end = step.partial.indexOf("\n")) {
            String line = step.partial.substring(0, end);
            step.partial.delete(0, end + 1);
            print(step, line);
        }
    }

    private void flush(Step step) {
        if (!step.partial.isEmpty()) {
            String line = step.partial.toString();
            step.partial.setLength(0);
            print(step, line);
        }
    }

    private void print(Step step, String text) {
        String whole = text.stripTrailing();
        // of a line that was written over and over, as bars of progress are, what it showed last
        String line = whole.substring(whole.lastIndexOf('\r') + 1);
        if (!line.isEmpty()) {
            step.spoke = true;
            if (speaking.isPresent() && speaking.get() != step) {
                begin(step, "#" + step.number + " …");
            }
            lines.accept(line);
        }
    }

    /// Whether anything was done at all.
    boolean isBegun() {
        return begun;
    }

    /// Writes what is left of lines without an end.
    void finish() {
        steps.values().forEach(this::flush);
    }

    /// The first step that failed by itself.
    Optional<Failure> failure() {
        return failure;
    }

    /// What was said outside of the progress, line by line.
    String others() {
        return String.join("\n", others);
    }
}
