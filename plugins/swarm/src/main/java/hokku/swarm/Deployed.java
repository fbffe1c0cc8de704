package hokku.swarm;

import com.github.dockerjava.api.model.Service;
import hokku.api.AppId;
import hokku.api.Engine;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A service of this server: some or all containers of one process of one deployment.
///
/// @param first the index of its first task
/// @param count how many tasks it has when it is not stopped
/// @param replicas how many tasks the swarm is to run now
/// @param stopTimeout how long its tasks may take to end
/// @param server which process of the server waits for a one-off task
/// @param proven whether all of its tasks passed their checks once
record Deployed(String id, String name, Instant created, AppId app, ProcessSpec.Kind kind, ProcessType process, String deploy, int release,
        List<Integer> ports, int first, int count, int replicas, boolean proven, Duration stopTimeout, Optional<String> server) {
    private static final Logger LOG = LoggerFactory.getLogger(Deployed.class);

    /// Empty for a service that has labels which are none of ours.
    static Stream<Deployed> of(Service service) {
        Map<String, String> labels = Optional.ofNullable(service.getSpec().getLabels()).orElse(Map.of());
        if (!labels.containsKey(Labels.KIND) || !labels.containsKey(Engine.INSTANCE_LABEL)) {
            return Stream.empty();
        }
        try {
            long replicas = service.getSpec().getMode().getReplicated().getReplicas();
            return Stream.of(new Deployed(service.getId(), service.getSpec().getName(), service.getCreatedAt().toInstant(),
                    AppId.of(label(labels, Labels.ID)), ProcessSpec.Kind.valueOf(label(labels, Labels.KIND).toUpperCase(Locale.ROOT)),
                    ProcessType.of(label(labels, Labels.PROCESS)), label(labels, Labels.DEPLOY), Integer.parseInt(label(labels, Labels.RELEASE)),
                    ports(labels.getOrDefault(Labels.PORTS, "")), Integer.parseInt(label(labels, Labels.FIRST)),
                    Integer.parseInt(label(labels, Labels.COUNT)), Math.toIntExact(replicas), Boolean.parseBoolean(labels.get(Labels.PROVEN)),
                    Duration.ofSeconds(Long.parseLong(labels.getOrDefault(Labels.STOP_TIMEOUT, "30"))),
                    Optional.ofNullable(labels.get(Labels.SERVER))));
        } catch (RuntimeException unreadable) {
            LOG.warn("Service {} has labels that are none of ours: {}", service.getId(), unreadable.getMessage());
            return Stream.empty();
        }
    }

    private static String label(Map<String, String> labels, String name) {
        return Optional.ofNullable(labels.get(name)).orElseThrow(() -> new IllegalArgumentException("no label " + name));
    }

    private static List<Integer> ports(String text) {
        return text.isEmpty() ? List.of() : Arrays.stream(text.split(",")).map(Integer::valueOf).toList();
    }

    /// The index after its last task.
    int end() {
        return first + count;
    }
}
