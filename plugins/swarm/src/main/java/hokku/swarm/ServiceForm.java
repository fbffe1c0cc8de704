package hokku.swarm;

import com.github.dockerjava.api.model.ContainerSpec;
import com.github.dockerjava.api.model.Driver;
import com.github.dockerjava.api.model.EndpointResolutionMode;
import com.github.dockerjava.api.model.EndpointSpec;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.NetworkAttachmentConfig;
import com.github.dockerjava.api.model.PortConfig;
import com.github.dockerjava.api.model.PortConfigProtocol;
import com.github.dockerjava.api.model.ResourceRequirements;
import com.github.dockerjava.api.model.ResourceSpecs;
import com.github.dockerjava.api.model.ServiceModeConfig;
import com.github.dockerjava.api.model.ServiceReplicatedModeOptions;
import com.github.dockerjava.api.model.ServiceRestartCondition;
import com.github.dockerjava.api.model.ServiceRestartPolicy;
import com.github.dockerjava.api.model.ServiceSpec;
import com.github.dockerjava.api.model.TaskSpec;
import hokku.api.App;
import hokku.api.Check;
import hokku.api.Engine;
import hokku.api.Env;
import hokku.api.ProcessSpec;
import hokku.api.UserError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Writes a process down as the swarm wants services.
///
/// @param image where every node gets the image
/// @param network the app's own
/// @param instance the server's, for the label
record ServiceForm(App app, String image, String network, String instance) {
    /// The longest name that the swarm takes.
    private static final int LONGEST = 63;
    /// How much of it the process may take, so that something of the app is left.
    private static final int LONGEST_PROCESS = 30;
    private static final Pattern PUBLISHED = Pattern.compile("(?:(.+):)?(\\d+):(\\d+)(?:/(tcp|udp|sctp))?");
    /// Long enough that nobody misses the task that ended before the next one comes.
    private static final Duration RESTART_PAUSE = Duration.ofSeconds(2);

    /// @param first the index of its first task
    /// @param count how many
    ServiceSpec service(ProcessSpec spec, int first, int count) {
        return new ServiceSpec()
                .withName(name(spec))
                .withLabels(labels(spec, first, count))
                .withMode(new ServiceModeConfig().withReplicated(new ServiceReplicatedModeOptions().withReplicas(count)))
                .withEndpointSpec(new EndpointSpec().withMode(EndpointResolutionMode.DNSRR).withPorts(ports(spec)))
                .withTaskTemplate(new TaskSpec()
                        .withContainerSpec(container(spec, first, count))
                        .withResources(resources(spec))
                        .withRestartPolicy(restarts(spec))
                        .withPlacement(Placement.of(app))
                        .withNetworks(networks(spec))
                        .withLogDriver(new Driver().withName("json-file").withOptions(Map.of("max-size", spec.logSize()))));
    }

    /// Names are for people: what belongs to whom is in the labels. The swarm takes no dots, which names of apps may have.
    private static String name(ProcessSpec spec) {
        String rest = "-" + begin(spec.process().value(), LONGEST_PROCESS) + "-" + spec.release();
        return begin(spec.app().value().replace('.', '-'), LONGEST - rest.length()) + rest;
    }

    private static String begin(String text, int longest) {
        return text.substring(0, Math.min(text.length(), longest));
    }

    /// Another name for a service of the same process and release.
    static String another(String name, String suffix) {
        return begin(name, LONGEST - suffix.length() - 1) + "-" + suffix;
    }

    private Map<String, String> labels(ProcessSpec spec, int first, int count) {
        TreeMap<String, String> labels = new TreeMap<>(spec.labels());
        labels.put(Engine.INSTANCE_LABEL, instance);
        labels.put(Labels.ID, spec.id().value());
        labels.put(Labels.APP, spec.app().value());
        labels.put(Labels.PROCESS, spec.process().value());
        labels.put(Labels.RELEASE, String.valueOf(spec.release()));
        labels.put(Labels.DEPLOY, spec.deploy());
        labels.put(Labels.KIND, spec.kind().name().toLowerCase(Locale.ROOT));
        labels.put(Labels.PORTS, spec.ports().stream().map(String::valueOf).collect(Collectors.joining(",")));
        labels.put(Labels.STOP_TIMEOUT, String.valueOf(stopTimeout(spec).toSeconds()));
        labels.put(Labels.FIRST, String.valueOf(first));
        labels.put(Labels.COUNT, String.valueOf(count));
        return labels;
    }

    private ContainerSpec container(ProcessSpec spec, int first, int count) {
        TreeMap<String, String> labels = new TreeMap<>(spec.labels());
        labels.put(Labels.APP, spec.app().value());
        labels.put(Labels.PROCESS, spec.process().value());
        labels.put(Labels.RELEASE, String.valueOf(spec.release()));
        ContainerSpec container = new ContainerSpec().withImage(image).withLabels(labels).withInit(spec.init())
                .withEnv(variables(spec.env(), spec.process() + ".", first, count))
                .withMounts(spec.mounts().stream().map(ServiceForm::mount).toList())
                .withStopGracePeriod(stopTimeout(spec).toNanos());
        if (!spec.command().isEmpty()) {
            container.withArgs(spec.command());
        }
        health(spec).ifPresent(container::withHealthCheck);
        return container;
    }

    /// The swarm fills in templates in variables: values of the user's are kept from that.
    static List<String> variables(Env env, String process, int first, int count) {
        List<String> variables = new ArrayList<>();
        env.asMap().forEach((key, value) -> variables.add(key + "=" + value.replace("{{", "{{\"{{\"}}")));
        variables.add("DYNO=" + process + number(first, count));
        return variables;
    }

    /// A template of the index. Places are counted from 1 in each service, and templates cannot count.
    private static String number(int first, int count) {
        if (first == 1) {
            return "{{.Task.Slot}}";
        }
        StringBuilder number = new StringBuilder();
        for (int slot = 1; slot <= count; slot++) {
            number.append(slot == 1 ? "{{if" : "{{else if").append(" eq .Task.Slot \"").append(slot).append("\"}}").append(first + slot - 1);
        }
        return number.append("{{end}}").toString();
    }

    /// A command is a check that only the task's own node can make: the swarm takes the task for running when it passed, and for failed
    /// when it does not pass any more.
    static Optional<HealthCheck> health(ProcessSpec spec) {
        List<Check> commands = spec.checks().stream().filter(check -> check.probe() instanceof Check.Exec && !check.warn()).toList();
        if (commands.isEmpty()) {
            return Optional.empty();
        }
        Check first = commands.getFirst();
        List<String> test = new ArrayList<>();
        if (commands.size() == 1) {
            test.add("CMD");
            test.addAll(((Check.Exec) first.probe()).words());
        } else {
            test.add("CMD-SHELL");
            test.add(commands.stream().map(check -> quoted(((Check.Exec) check.probe()).words())).collect(Collectors.joining(" && ")));
        }
        Duration initial = commands.stream().map(Check::initialDelay).max(Duration::compareTo).orElse(Duration.ZERO);
        Duration pause = first.pause().compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : first.pause();
        return Optional.of(new HealthCheck().withTest(test).withInterval(pause.toNanos()).withTimeout(first.timeout().toNanos())
                .withRetries(first.attempts()).withStartPeriod(initial.toNanos()));
    }

    private static String quoted(List<String> words) {
        return words.stream().map(word -> "'" + word.replace("'", "'\\''") + "'").collect(Collectors.joining(" "));
    }

    private static Mount mount(String mount) {
        String[] parts = mount.split(":");
        if (parts.length < 2) {
            throw new UserError("Not a mount: " + mount + ". Use source:target or source:target:ro");
        }
        return new Mount().withType(parts[0].startsWith("/") ? MountType.BIND : MountType.VOLUME).withSource(parts[0]).withTarget(parts[1])
                .withReadOnly(parts.length > 2 && List.of(parts[2].split(",")).contains("ro"));
    }

    private ResourceRequirements resources(ProcessSpec spec) {
        ResourceRequirements resources = new ResourceRequirements();
        if (spec.memory().isPresent() || spec.cpus().isPresent()) {
            ResourceSpecs limits = new ResourceSpecs();
            spec.memory().ifPresent(limits::withMemoryBytes);
            spec.cpus().ifPresent(cpus -> limits.withNanoCPUs(Math.round(cpus * 1_000_000_000)));
            resources.withLimits(limits);
        }
        SwarmSettings.reserved(app).ifPresent(resources::withReservations);
        return resources;
    }

    /// `no`, `always`, `unless-stopped` or `on-failure[:n]` as the swarm has it. What was stopped has no service here, so two are the same.
    private static ServiceRestartPolicy restarts(ProcessSpec spec) {
        String[] policy = spec.restartPolicy().split(":");
        ServiceRestartPolicy restarts = new ServiceRestartPolicy().withDelay(RESTART_PAUSE.toNanos()).withCondition(switch (policy[0]) {
            case "no", "" -> ServiceRestartCondition.NONE;
            case "on-failure" -> ServiceRestartCondition.ON_FAILURE;
            default -> ServiceRestartCondition.ANY;
        });
        return policy.length > 1 ? restarts.withMaxAttempts(Long.valueOf(policy[1])) : restarts;
    }

    private List<NetworkAttachmentConfig> networks(ProcessSpec spec) {
        List<NetworkAttachmentConfig> networks = new ArrayList<>();
        networks.add(new NetworkAttachmentConfig().withTarget(network).withAliases(List.of(spec.process().value())));
        furtherNetworks(app, spec).forEach(further -> networks.add(new NetworkAttachmentConfig().withTarget(further)));
        return networks;
    }

    /// Those besides the app's own.
    static List<String> furtherNetworks(App app, ProcessSpec spec) {
        return Stream.concat(spec.networks().stream(), app.value(SwarmSettings.NETWORKS).orElse(List.of()).stream()).distinct().toList();
    }

    private Duration stopTimeout(ProcessSpec spec) {
        return app.value(SwarmSettings.STOP_GRACE).orElse(spec.stopTimeout());
    }

    /// Each node chooses a free port of its own for those that are routed or checked.
    private static List<PortConfig> ports(ProcessSpec spec) {
        Set<Integer> chosen = new LinkedHashSet<>(spec.ports());
        for (Check check : spec.checks()) {
            switch (check.probe()) {
                case Check.Http http -> http.port().ifPresent(chosen::add);
                case Check.Listening listening -> listening.port().ifPresent(chosen::add);
                case Check.Exec command -> { }
                case Check.Uptime uptime -> { }
            }
        }
        List<PortConfig> ports = new ArrayList<>();
        chosen.forEach(port -> ports.add(port(port, 0, PortConfigProtocol.TCP)));
        spec.published().forEach(published -> ports.add(fixed(published)));
        return ports;
    }

    private static PortConfig port(int container, int node, PortConfigProtocol protocol) {
        return new PortConfig().withProtocol(protocol).withTargetPort(container).withPublishedPort(node).withPublishMode(PortConfig.PublishMode.host);
    }

    private static PortConfig fixed(String published) {
        Matcher port = PUBLISHED.matcher(published);
        if (!port.matches()) {
            throw new UserError("Not a published port: " + published + ". Use host-port:container-port");
        }
        if (port.group(1) != null) {
            throw new UserError("A swarm publishes ports on every address of a node. Leave the address away: " + port.group(2) + ":" + port.group(3));
        }
        PortConfigProtocol protocol = PortConfigProtocol.valueOf(Optional.ofNullable(port.group(4)).orElse("tcp").toUpperCase(Locale.ROOT));
        return port(Integer.parseInt(port.group(3)), Integer.parseInt(port.group(2)), protocol);
    }
}
