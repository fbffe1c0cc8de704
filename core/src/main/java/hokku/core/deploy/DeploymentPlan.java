package hokku.core.deploy;

import hokku.api.App;
import hokku.api.Check;
import hokku.api.Deployment;
import hokku.api.Env;
import hokku.api.PortMapping;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.Release;
import hokku.core.state.ReleaseJournal.Marker;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Says which containers a release needs, from the app's scale, settings and variables.
final class DeploymentPlan {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration SETTLED = Duration.ofSeconds(1);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);
    private static final Duration ONE_TRY = Duration.ofSeconds(5);

    private DeploymentPlan() {}

    /// A name for a rollout that no other rollout of the app has.
    static String newId(int release) {
        byte[] bytes = new byte[4];
        RANDOM.nextBytes(bytes);
        return "r" + release + "-" + HexFormat.of().formatHex(bytes);
    }

    static Deployment of(String id, App app, Release release) {
        AppJson appJson = appJson(app, release);
        List<ProcessSpec> processes = release.processes().keySet().stream()
                .filter(process -> !process.equals(ProcessType.RELEASE) && app.count(process) > 0)
                .map(process -> process(id, app, release, process, appJson)).toList();
        return Deployment.of(id, app, release, processes);
    }

    /// The deployment that is live, with as many containers as it was made with: what was stored for the next one does not count.
    static Deployment of(Marker live, App app, Release release) {
        return of(live.deployment(), app.withScale(live.scale()), release);
    }

    /// How many containers of each process of the release a deployment has, those without any included.
    static SortedMap<ProcessType, Integer> scale(Deployment deployment) {
        SortedMap<ProcessType, Integer> scale = new TreeMap<>();
        deployment.release().processes().keySet().forEach(process -> scale.put(process, 0));
        deployment.processes().forEach(spec -> scale.put(spec.process(), spec.count()));
        return scale;
    }

    /// One container that runs to its end: the release process, or a command of the user's.
    static ProcessSpec task(ProcessSpec.Kind kind, String id, App app, Release release, ProcessType process, List<String> command) {
        return ProcessSpec.of(kind, app.name(), app.id(), id, release.number(), process, release.image())
                .withCommand(command)
                .withEnv(env(app, release))
                .withStopTimeout(app.value(CoreSettings.STOP_TIMEOUT).orElseThrow())
                .withLogSize(app.value(CoreSettings.LOG_MAX_SIZE).orElseThrow());
    }

    private static ProcessSpec process(String id, App app, Release release, ProcessType process, AppJson appJson) {
        boolean disabled = CoreSettings.names(app, CoreSettings.CHECKS_DISABLED, process);
        boolean skipped = disabled || CoreSettings.names(app, CoreSettings.CHECKS_SKIPPED, process);
        Duration limit = app.value(CoreSettings.START_TIMEOUT).orElseThrow();
        ProcessSpec spec = task(ProcessSpec.Kind.DEPLOY, id, app, release, process, release.processes().get(process))
                .withCount(app.count(process))
                .withRestartPolicy(app.value(CoreSettings.RESTART_POLICY).orElseThrow())
                .withChecks(skipped ? List.of() : checks(app, release, process, appJson, limit), !disabled, limit);
        if (!process.equals(ProcessType.WEB)) {
            return spec;
        }
        List<Integer> ports = ports(app, release);
        return spec.withPorts(ports).withEnv(spec.env().with("PORT", String.valueOf(ports.getFirst())));
    }

    private static List<Check> checks(App app, Release release, ProcessType process, AppJson appJson, Duration limit) {
        List<Check> declared = appJson.startupChecks().getOrDefault(process, List.of());
        if (!declared.isEmpty()) {
            return declared;
        }
        List<Check> checks = new ArrayList<>();
        if (process.equals(ProcessType.WEB) && release.routed() && app.proxied()) {
            int tries = (int) Math.max(1, limit.dividedBy(BETWEEN_TRIES));
            checks.add(new Check("port listening check", new Check.Listening(OptionalInt.empty()), tries, ONE_TRY, BETWEEN_TRIES,
                    Duration.ZERO, false));
        }
        checks.add(new Check("default", new Check.Uptime(SETTLED), 1, ONE_TRY, BETWEEN_TRIES, Duration.ZERO, false));
        return checks;
    }

    /// The container ports that are routed, the one in `PORT` first.
    private static List<Integer> ports(App app, Release release) {
        Set<Integer> ports = new LinkedHashSet<>();
        Stream.of("http", "https", "grpc", "grpcs").forEach(scheme -> Routing.ports(app, release).stream()
                .filter(mapping -> mapping.scheme().equals(scheme)).map(PortMapping::containerPort).forEach(ports::add));
        return ports.isEmpty() ? List.of(release.port()) : List.copyOf(ports);
    }

    private static Env env(App app, Release release) {
        Env env = app.runtimeEnv();
        String revision = app.value(CoreSettings.REV_ENV_VAR).orElseThrow();
        return env.get(revision).isPresent() ? env : env.with(revision, release.commit());
    }

    private static AppJson appJson(App app, Release release) {
        String text = release.files().get(app.value(CoreSettings.APP_JSON_PATH).orElseThrow());
        return text == null ? AppJson.EMPTY : AppJson.parse(text);
    }
}
