package hokku.swarm;

import com.github.dockerjava.api.model.ResourceSpecs;
import hokku.api.App;
import hokku.api.EngineAddress;
import hokku.api.EnvKey;
import hokku.api.Global;
import hokku.api.Setting;
import hokku.api.UserError;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `scheduler-swarm:set` takes.
final class SwarmSettings {
    private static final String GROUP = "scheduler-swarm";
    static final String MANAGER_NODE = "manager";
    static final String ANY_NODE = "any";
    private static final Pattern CONSTRAINT = Pattern.compile("(node|engine)\\.[A-Za-z0-9_.-]+(==|!=)[A-Za-z0-9_./:*-]+");
    private static final Pattern DESCRIPTOR = Pattern.compile("(node|engine)\\.[A-Za-z0-9_.-]+");
    private static final Pattern NETWORK = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");
    private static final Pattern MEMORY = Pattern.compile("(\\d{1,12})([bkmg]?)", Pattern.CASE_INSENSITIVE);
    private static final Pattern CPUS = Pattern.compile("\\d{1,4}(\\.\\d{1,3})?");

    static final Setting<List<String>> CONSTRAINTS = Setting.words(GROUP, "constraints", SwarmSettings::constraint)
            .effect(Setting.Effect.ROLLOUT).help("Nodes that tasks may run on, like node.labels.disk==ssd node.role==worker; all must hold");
    static final Setting<List<String>> SPREAD = Setting.words(GROUP, "spread", SwarmSettings::descriptor)
            .effect(Setting.Effect.ROLLOUT).help("What tasks are spread over evenly before nodes, like node.labels.zone");
    static final Setting<Long> RESERVED_MEMORY = Setting.of(GROUP, "reserve-memory", SwarmSettings::memory, SwarmSettings::memory)
            .effect(Setting.Effect.ROLLOUT).help("Memory that each task has for sure on its node, like 256m");
    static final Setting<Double> RESERVED_CPUS = Setting.of(GROUP, "reserve-cpus", SwarmSettings::cpus, String::valueOf)
            .effect(Setting.Effect.ROLLOUT).help("Processors that each task has for sure on its node, like 0.5");
    static final Setting<Integer> UPDATE_PARALLELISM = Setting.number(GROUP, "update-parallelism", 1, 1000).initially(1)
            .help("How many tasks are replaced at a time where the swarm lacks room for both releases");

    static final Setting<List<String>> NETWORKS = Setting.words(GROUP, "network", SwarmSettings::network)
            .effect(Setting.Effect.ROLLOUT).help("Further overlay networks of the swarm that tasks join, besides the app's own");
    static final Setting<Duration> STOP_GRACE = Setting.seconds(GROUP, "stop-grace-period")
            .help("Seconds that tasks have to end before they are killed, in place of ps:set stop-timeout-seconds");
    static final Setting<String> RUN_NODE = Setting.choice(GROUP, "run-node", MANAGER_NODE, ANY_NODE).initially(MANAGER_NODE)
            .help("Where run puts its containers: on the manager, with input and terminal, or on any node, without them");
    static final Setting<List<String>> SECRET_FILES = Setting.words(GROUP, "secret-files", SwarmSettings::secretFile).scope(Setting.Scope.APP)
            .effect(Setting.Effect.ROLLOUT).help("Variables whose values are files /run/secrets/<KEY> instead, which <KEY>_FILE names");
    static final Setting<String> MANAGER = Setting.of(GROUP, "manager", SwarmSettings::manager, Function.identity())
            .scope(Setting.Scope.GLOBAL).help("The engine of a manager, like tcp://10.0.0.5:2376; initially the server's own engine");
    static final Setting<String> CERTIFICATES = Setting.of(GROUP, "manager-certificates", SwarmSettings::folder, Function.identity())
            .scope(Setting.Scope.GLOBAL).help("Folder on this server with ca.pem, cert.pem and key.pem for a manager that is reached over TLS");

    static final List<Setting<?>> ALL = List.of(CONSTRAINTS, SPREAD, RESERVED_MEMORY, RESERVED_CPUS, UPDATE_PARALLELISM, NETWORKS, STOP_GRACE, RUN_NODE, SECRET_FILES,
            MANAGER, CERTIFICATES);

    private SwarmSettings() {}

    private static String secretFile(String key) {
        SecretFiles.pathVariable(EnvKey.of(key));
        return key;
    }

    private static String constraint(String text) {
        if (!CONSTRAINT.matcher(text).matches()) {
            throw new UserError("Not a constraint: " + text + ". Use node.labels.<label>==<value>, node.role==worker, node.hostname!=<name> and the like");
        }
        return text;
    }

    private static String network(String text) {
        if (!NETWORK.matcher(text).matches()) {
            throw new UserError("Not the name of a network: " + text + ". See docker network ls on a manager");
        }
        return text;
    }

    private static String manager(String text) {
        EngineAddress.of(text);
        return text;
    }

    private static String folder(String text) {
        if (!text.startsWith("/") || text.codePoints().anyMatch(Character::isISOControl)) {
            throw new UserError("manager-certificates is the absolute path of a folder on this server, like /etc/hokku/manager");
        }
        return text;
    }

    /// Where the manager is, when it is not the server's own engine.
    static Optional<EngineAddress> address(Global global) {
        return global.value(MANAGER).map(EngineAddress::of)
                .map(address -> global.value(CERTIFICATES).map(folder -> address.withCertificates(Path.of(folder))).orElse(address));
    }

    private static String descriptor(String text) {
        if (!DESCRIPTOR.matcher(text).matches()) {
            throw new UserError("Tasks cannot be spread over " + text + ". Use node.labels.<label> or engine.labels.<label>");
        }
        return text;
    }

    private static long memory(String text) {
        Matcher memory = MEMORY.matcher(text);
        if (!memory.matches()) {
            throw new UserError("Not an amount of memory: " + text + ". Use a number with b, k, m or g, like 256m");
        }
        return Long.parseLong(memory.group(1)) << switch (memory.group(2).toLowerCase(java.util.Locale.ROOT)) {
            case "g" -> 30;
            case "m", "" -> 20;
            case "k" -> 10;
            default -> 0;
        };
    }

    private static String memory(long bytes) {
        return bytes % (1 << 20) == 0 ? (bytes >> 20) + "m" : bytes + "b";
    }

    private static double cpus(String text) {
        if (!CPUS.matcher(text).matches()) {
            throw new UserError("Not a number of processors: " + text + ". Use a number like 0.5 or 2");
        }
        return Double.parseDouble(text);
    }

    /// What each task of an app has for sure.
    static Optional<ResourceSpecs> reserved(App app) {
        Optional<Long> memory = app.value(RESERVED_MEMORY);
        Optional<Double> cpus = app.value(RESERVED_CPUS);
        if (memory.isEmpty() && cpus.isEmpty()) {
            return Optional.empty();
        }
        ResourceSpecs reserved = new ResourceSpecs();
        memory.ifPresent(reserved::withMemoryBytes);
        cpus.ifPresent(one -> reserved.withNanoCPUs(Math.round(one * 1_000_000_000)));
        return Optional.of(reserved);
    }
}
