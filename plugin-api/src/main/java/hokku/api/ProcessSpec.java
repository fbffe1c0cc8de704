package hokku.api;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/// How the containers of one process are to be started: everything that a scheduler needs to know.
///
/// A value that changes by copies; hooks of [hokku.api.hook.PreStart] see every container's.
///
/// @param count how many of it; always 1 for tasks
/// @param image the image's id
/// @param command the words of its command; empty for the image's own
/// @param env what it sees; schedulers add `DYNO`
/// @param ports the container ports that are routed or checked, the one in `PORT` first; empty for processes without
/// @param checks what it must pass; no checks mean that it only has to start
/// @param zeroDowntime false: the containers of the former release are stopped first
/// @param startTimeout the longest time until every check has passed
/// @param stopTimeout the time between SIGTERM and SIGKILL
/// @param restartPolicy as the engine writes it: `no`, `always`, `unless-stopped`, `on-failure[:n]`
/// @param published fixed ports of the host, `[address:]host-port:container-port[/protocol]`
/// @param mounts `source:target[:ro]`, the source a folder of the host or a volume
/// @param networks further networks to join, besides the app's own
/// @param memory the limit in bytes, absent for none
/// @param cpus the limit in processors, absent for none
/// @param logSize how large the engine's log of one container may grow, as the engine writes it (`10m`)
/// @param init whether a small init process reaps orphans
/// @param labels further labels
public record ProcessSpec(Kind kind, AppName app, AppId id, String deploy, int release, ProcessType process, int count, String image,
        List<String> command, Env env, List<Integer> ports, List<Check> checks, boolean zeroDowntime, Duration startTimeout,
        Duration stopTimeout, String restartPolicy, List<String> published, List<String> mounts, List<String> networks,
        OptionalLong memory, Optional<Double> cpus, String logSize, boolean init, SortedMap<String, String> labels) {

    /// What a container is for.
    public enum Kind { DEPLOY, RELEASE, RUN, CRON }

    public ProcessSpec {
        command = List.copyOf(command);
        ports = List.copyOf(ports);
        checks = List.copyOf(checks);
        published = List.copyOf(published);
        mounts = List.copyOf(mounts);
        networks = List.copyOf(networks);
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /// A process with the defaults of everything else.
    public static ProcessSpec of(Kind kind, AppName app, AppId id, String deploy, int release, ProcessType process, String image) {
        return new ProcessSpec(kind, app, id, deploy, release, process, 1, image, List.of(), Env.EMPTY, List.of(), List.of(), true,
                Duration.ofSeconds(60), Duration.ofSeconds(30), "no", List.of(), List.of(), List.of(), OptionalLong.empty(),
                Optional.empty(), "10m", true, new TreeMap<>());
    }

    public ProcessSpec withCount(int changed) {
        return new ProcessSpec(kind, app, id, deploy, release, process, changed, image, command, env, ports, checks, zeroDowntime,
                startTimeout, stopTimeout, restartPolicy, published, mounts, networks, memory, cpus, logSize, init, labels);
    }

    public ProcessSpec withImage(String changed) {
        return new ProcessSpec(kind, app, id, deploy, release, process, count, changed, command, env, ports, checks, zeroDowntime,
                startTimeout, stopTimeout, restartPolicy, published, mounts, networks, memory, cpus, logSize, init, labels);
    }

    public ProcessSpec withCommand(List<String> changed) {
        return new ProcessSpec(kind, app, id, deploy, release, process, count, image, changed, env, ports, checks, zeroDowntime,
                startTimeout, stopTimeout, restartPolicy, published, mounts, networks, memory, cpus, logSize, init, labels);
    }

    public ProcessSpec withEnv(Env changed) {
        return new ProcessSpec(kind, app, id, deploy, release, process, count, image, command, changed, ports, checks, zeroDowntime,
                startTimeout, stopTimeout, restartPolicy, published, mounts, networks, memory, cpus, logSize, init, labels);
    }

    public ProcessSpec withPorts(List<Integer> changed) {
        return new ProcessSpec(kind, app, id, deploy, release, process, count, image, command, env, changed, checks, zeroDowntime,
                startTimeout, stopTimeout, restartPolicy, published, mounts, networks, memory, cpus, logSize, init, labels);
    }

    /// @param zero false: the containers of the former release are stopped first
    public ProcessSpec withChecks(List<Check> changed, boolean zero, Duration limit) {
        return new ProcessSpec(kind, app, id, deploy, release, process, count, image, command, env, ports, changed, zero,
                limit, stopTimeout, restartPolicy, published, mounts, networks, memory, cpus, logSize, init, labels);
    }

    public ProcessSpec withStopTimeout(Duration changed) {
        return new ProcessSpec(kind, app, id, deploy, release, process, count, image, command, env, ports, checks, zeroDowntime,
                startTimeout, changed, restartPolicy, published, mounts, networks, memory, cpus, logSize, init, labels);
    }

    public ProcessSpec withRestartPolicy(String changed) {
        return new ProcessSpec(kind, app, id, deploy, release, process, count, image, command, env, ports, checks, zeroDowntime,
                startTimeout, stopTimeout, changed, published, mounts, networks, memory, cpus, logSize, init, labels);
    }

    /// A fixed port of the host can serve one container at a time, so the former release's is stopped first.
    public ProcessSpec withPublished(List<String> changed) {
        return new ProcessSpec(kind, app, id, deploy, release, process, count, image, command, env, ports, checks,
                zeroDowntime && changed.isEmpty(), startTimeout, stopTimeout, restartPolicy, changed, mounts, networks, memory, cpus,
                logSize, init, labels);
    }

    public ProcessSpec withMounts(List<String> changed) {
        return new ProcessSpec(kind, app, id, deploy, release, process, count, image, command, env, ports, checks, zeroDowntime,
                startTimeout, stopTimeout, restartPolicy, published, changed, networks, memory, cpus, logSize, init, labels);
    }

    public ProcessSpec withNetworks(List<String> changed) {
        return new ProcessSpec(kind, app, id, deploy, release, process, count, image, command, env, ports, checks, zeroDowntime,
                startTimeout, stopTimeout, restartPolicy, published, mounts, changed, memory, cpus, logSize, init, labels);
    }

    public ProcessSpec withLimits(OptionalLong bytes, Optional<Double> processors) {
        return new ProcessSpec(kind, app, id, deploy, release, process, count, image, command, env, ports, checks, zeroDowntime,
                startTimeout, stopTimeout, restartPolicy, published, mounts, networks, bytes, processors, logSize, init, labels);
    }

    public ProcessSpec withLogSize(String changed) {
        return new ProcessSpec(kind, app, id, deploy, release, process, count, image, command, env, ports, checks, zeroDowntime,
                startTimeout, stopTimeout, restartPolicy, published, mounts, networks, memory, cpus, changed, init, labels);
    }

    public ProcessSpec withInit(boolean changed) {
        return new ProcessSpec(kind, app, id, deploy, release, process, count, image, command, env, ports, checks, zeroDowntime,
                startTimeout, stopTimeout, restartPolicy, published, mounts, networks, memory, cpus, logSize, changed, labels);
    }

    public ProcessSpec withLabel(String key, String value) {
        TreeMap<String, String> changed = new TreeMap<>(labels);
        changed.put(key, value);
        return new ProcessSpec(kind, app, id, deploy, release, process, count, image, command, env, ports, checks, zeroDowntime,
                startTimeout, stopTimeout, restartPolicy, published, mounts, networks, memory, cpus, logSize, init, changed);
    }

    @Override
    public String toString() {
        return "ProcessSpec[" + app + "." + process + " x" + count + " release " + release + "]";
    }
}
