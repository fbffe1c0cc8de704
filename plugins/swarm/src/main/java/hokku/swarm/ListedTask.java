package hokku.swarm;

import com.github.dockerjava.api.model.Container;
import hokku.api.AppId;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.UserError;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads what the engine's list tells of a one-off container outside of services.
final class ListedTask {
    static final Comparator<Instance> ORDER = Comparator.comparing(Instance::process).thenComparing(Instance::index);

    private static final Logger LOG = LoggerFactory.getLogger(ListedTask.class);

    private ListedTask() {}

    /// Empty for a container that has labels which are none of ours.
    static Stream<Instance> of(Container container, String node) {
        try {
            return Stream.of(instance(container, node));
        } catch (IllegalArgumentException | UserError unreadable) {
            LOG.warn("Container {} has labels that are none of ours: {}", container.getId(), unreadable.getMessage());
            return Stream.empty();
        }
    }

    private static Instance instance(Container container, String node) {
        Map<String, String> labels = container.getLabels();
        Instance.State state = switch (container.getState()) {
            case "created" -> Instance.State.CREATED;
            case "running" -> Instance.State.RUNNING;
            case "paused" -> Instance.State.PAUSED;
            default -> Instance.State.EXITED;
        };
        // It is started as soon as it is made.
        Optional<Instant> started = state == Instance.State.RUNNING ? Optional.of(Instant.ofEpochSecond(container.getCreated())) : Optional.empty();
        return new Instance(AppId.of(label(labels, Labels.ID)), ProcessSpec.Kind.valueOf(label(labels, Labels.OUTSIDE_KIND).toUpperCase(Locale.ROOT)),
                ProcessType.of(label(labels, Labels.PROCESS)), Integer.parseInt(label(labels, Labels.INDEX)), container.getId(), node,
                label(labels, Labels.DEPLOY), Integer.parseInt(label(labels, Labels.RELEASE)), state, started, OptionalInt.empty(), List.of());
    }

    private static String label(Map<String, String> labels, String name) {
        return Optional.ofNullable(labels.get(name)).orElseThrow(() -> new IllegalArgumentException("no label " + name));
    }
}
