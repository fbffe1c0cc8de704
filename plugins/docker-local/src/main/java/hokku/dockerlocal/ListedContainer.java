package hokku.dockerlocal;

import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerNetwork;
import hokku.api.AppId;
import hokku.api.Endpoint;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.UserError;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads what the engine's list of containers tells, so that one call is enough for all of them.
final class ListedContainer {
    private static final Logger LOG = LoggerFactory.getLogger(ListedContainer.class);
    /// The engine itself gives it to containers that a swarm makes.
    private static final String SWARM_TASK = "com.docker.swarm.task.id";
    private static final Pattern EXITED = Pattern.compile("Exited \\((\\d+)\\).*");
    private static final Pattern UP = Pattern.compile("Up (?:About )?(an?|\\d+) (second|minute|hour|day|week|month|year)s?.*");

    private ListedContainer() {}

    /// Containers without a kind are somebody else's of this installation: those that build images, for instance. And tasks of a swarm that
    /// the engine is part of may have the same labels, of the same apps.
    static List<Instance> instances(List<Container> containers) {
        return containers.stream().filter(container -> container.getLabels().containsKey(Labels.KIND)
                && !container.getLabels().containsKey(SWARM_TASK)).flatMap(container -> {
            try {
                return Stream.of(instance(container));
            } catch (IllegalArgumentException | UserError e) {
                LOG.warn("Container {} has labels that are none of ours: {}", container.getId(), e.getMessage());
                return Stream.empty();
            }
        }).sorted(Comparator.comparing(Instance::process).thenComparing(Instance::index).thenComparing(Instance::release)
                .thenComparing(Instance::container)).toList();
    }

    private static Instance instance(Container container) {
        Map<String, String> labels = container.getLabels();
        AppId app = AppId.of(label(labels, Labels.ID));
        ProcessType process = ProcessType.of(label(labels, Labels.PROCESS));
        int index = Integer.parseInt(label(labels, Labels.INDEX));
        Instance.State state = state(container.getState());
        List<Endpoint> endpoints = state == Instance.State.RUNNING ? endpoints(container, app, process, index) : List.of();
        return new Instance(app, ProcessSpec.Kind.valueOf(label(labels, Labels.KIND).toUpperCase(Locale.ROOT)), process, index,
                container.getId(), "", label(labels, Labels.DEPLOY), Integer.parseInt(label(labels, Labels.RELEASE)), state,
                started(container), exitCode(container), endpoints);
    }

    private static String label(Map<String, String> labels, String name) {
        return Optional.ofNullable(labels.get(name)).orElseThrow(() -> new IllegalArgumentException("no label " + name));
    }

    private static Instance.State state(String word) {
        return switch (word) {
            case "created" -> Instance.State.CREATED;
            case "running" -> Instance.State.RUNNING;
            case "restarting" -> Instance.State.RESTARTING;
            case "paused" -> Instance.State.PAUSED;
            default -> Instance.State.EXITED;
        };
    }

    private static List<Endpoint> endpoints(Container container, AppId app, ProcessType process, int index) {
        String ports = container.getLabels().getOrDefault(Labels.PORTS, "");
        if (ports.isEmpty() || container.getNetworkSettings() == null) {
            return List.of();
        }
        ContainerNetwork network = container.getNetworkSettings().getNetworks().get(AppNetworks.name(app));
        if (network == null || network.getIpAddress() == null || network.getIpAddress().isEmpty()) {
            return List.of();
        }
        List<Endpoint> endpoints = new ArrayList<>();
        for (String port : ports.split(",")) {
            int number = Integer.parseInt(port);
            endpoints.add(Endpoint.of(process, index, number, network.getIpAddress(), number));
        }
        return endpoints;
    }

    private static OptionalInt exitCode(Container container) {
        Matcher exited = EXITED.matcher(String.valueOf(container.getStatus()));
        return exited.matches() ? OptionalInt.of(Integer.parseInt(exited.group(1))) : OptionalInt.empty();
    }

    /// The list says `Up 5 minutes`: as exact as that. An exact time would take a call for each container.
    private static Optional<Instant> started(Container container) {
        String status = String.valueOf(container.getStatus());
        if (!status.startsWith("Up")) {
            return Optional.empty();
        }
        Instant created = Instant.ofEpochSecond(container.getCreated());
        Matcher up = UP.matcher(status);
        if (!up.matches()) {
            return Optional.of(Instant.now());
        }
        long count = up.group(1).startsWith("a") ? 1 : Long.parseLong(up.group(1));
        Duration unit = switch (up.group(2)) {
            case "second" -> Duration.ofSeconds(1);
            case "minute" -> Duration.ofMinutes(1);
            case "hour" -> Duration.ofHours(1);
            case "day" -> Duration.ofDays(1);
            case "week" -> Duration.ofDays(7);
            case "month" -> Duration.ofDays(30);
            default -> Duration.ofDays(365);
        };
        Instant about = Instant.now().minus(unit.multipliedBy(count));
        return Optional.of(about.isBefore(created) ? created : about);
    }
}
