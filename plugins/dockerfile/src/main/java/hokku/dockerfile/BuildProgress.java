package hokku.dockerfile;

import com.github.dockerjava.api.async.ResultCallbackTemplate;
import com.github.dockerjava.api.model.BuildResponseItem;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Follows a build by what the engine says: passes every line on, and remembers where the build is and what it made.
///
/// What a build prints can look like what the engine says. So lines serve for messages, and for finding layers to remove that are
/// looked at again before; which image was built is told apart from the lines.
final class BuildProgress extends ResultCallbackTemplate<BuildProgress, BuildResponseItem> {
    private static final Pattern STEP = Pattern.compile("Step \\d+/\\d+ : .*");
    private static final Pattern RUNNING = Pattern.compile(" ---> Running in ([0-9a-f]{12,64})");
    private static final Pattern LAYER = Pattern.compile(" ---> ([0-9a-f]{12,64})");

    /// What the engine said about a failure.
    record Refusal(String message, Optional<Integer> exitCode) {}

    private final Consumer<String> lines;
    private final Consumer<String> bases;
    /// All below guarded by this.
    private final StringBuilder partial = new StringBuilder();
    private final Set<String> leaves = new LinkedHashSet<>();
    private Optional<String> step = Optional.empty();
    private Optional<String> container = Optional.empty();
    private Optional<String> layer = Optional.empty();
    private Optional<String> image = Optional.empty();
    private Optional<Refusal> refusal = Optional.empty();

    /// @param bases is told which image a stage begins with, by an id that may be shortened
    BuildProgress(Consumer<String> lines, Consumer<String> bases) {
        this.lines = lines;
        this.bases = bases;
    }

    @Override
    public synchronized void onNext(BuildResponseItem item) {
        if (item.getStream() != null) {
            partial.append(item.getStream());
            for (int end = partial.indexOf("\n"); end >= 0; end = partial.indexOf("\n")) {
                line(partial.substring(0, end).stripTrailing());
                partial.delete(0, end + 1);
            }
        }
        boolean moving = item.getProgressDetail() != null && item.getProgressDetail().getTotal() != null;
        if (item.getStatus() != null && !moving) {
            line((item.getId() == null ? "" : item.getId() + ": ") + item.getStatus());
        }
        if (item.getRawValues().get("aux") instanceof Map<?, ?> aux && aux.get("ID") instanceof String id) {
            image = Optional.of(id);
        }
        if (item.isErrorIndicated()) {
            flush();
            Optional<Integer> code = Optional.ofNullable(item.getErrorDetail()).map(detail -> detail.getCode());
            String message = Optional.ofNullable(item.getErrorDetail()).map(detail -> detail.getMessage())
                    .orElse("no reason given");
            refusal = Optional.of(new Refusal(message, code));
        }
    }

    @Override
    public void onComplete() {
        flush();
        super.onComplete();
    }

    private synchronized void flush() {
        if (!partial.isEmpty()) {
            line(partial.toString().stripTrailing());
            partial.setLength(0);
        }
    }

    private void line(String text) {
        // of a line that was written over and over, as bars of progress are, what it showed last
        String line = text.substring(text.lastIndexOf('\r') + 1);
        if (STEP.matcher(line).matches()) {
            if (isBase(line)) {
                layer.ifPresent(leaves::add);
                layer = Optional.empty();
            }
            step = Optional.of(line);
            container = Optional.empty();
        }
        Matcher running = RUNNING.matcher(line);
        if (running.matches()) {
            container = Optional.of(running.group(1));
        }
        Matcher made = LAYER.matcher(line);
        if (made.matches()) {
            if (step.map(BuildProgress::isBase).orElse(true)) {
                bases.accept(made.group(1));
            } else {
                layer = Optional.of(made.group(1));
            }
        }
        if (!line.isEmpty()) {
            lines.accept(line);
        }
    }

    private static boolean isBase(String step) {
        return step.replaceFirst("Step \\d+/\\d+ : ", "").regionMatches(true, 0, "FROM ", 0, 5);
    }

    /// The line of the step that the build is at.
    synchronized Optional<String> step() {
        return step;
    }

    /// The container that the step runs in.
    synchronized Optional<String> container() {
        return container;
    }

    /// The image of the last stage that was finished, by its full id.
    synchronized Optional<String> image() {
        return image;
    }

    synchronized Optional<Refusal> refusal() {
        return refusal;
    }

    /// The last layer of each stage: all others hang on these.
    synchronized Set<String> leaves() {
        Set<String> all = new LinkedHashSet<>(leaves);
        layer.ifPresent(all::add);
        return all;
    }
}
