package hokku.dockerlocal;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.RestartPolicy;
import hokku.api.AppId;
import hokku.api.Engine;
import hokku.api.Env;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.UserError;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The containers of this server, as the engine holds them.
final class Containers {
    private static final Logger LOG = LoggerFactory.getLogger(Containers.class);

    /// The kernel's limit for a single one, with its name and its end.
    private static final int MAX_VARIABLE = 128 * 1024;

    /// This process of the server, whichever plugin object asks.
    private static final String SERVER = ProcessHandle.current().pid() + "-"
            + ProcessHandle.current().info().startInstant().map(Instant::toEpochMilli).orElse(0L);

    private final Engine engine;

    Containers(Engine engine) {
        this.engine = engine;
    }

    /// Those of one app, of every kind.
    List<Instance> list(AppId app) {
        return list(Map.of(Labels.ID, app.value()));
    }

    /// Those of all apps of this server.
    List<Instance> list() {
        return list(Map.of());
    }

    /// Containers of tasks that a former process of the server ran: nobody is attached to them any more.
    List<Instance> orphans() {
        List<Container> found = engine.client().listContainersCmd().withShowAll(true)
                .withLabelFilter(Map.of(Engine.INSTANCE_LABEL, engine.instance())).exec();
        return ListedContainer.instances(found.stream().filter(container -> {
            String server = container.getLabels().get(Labels.SERVER);
            return server != null && !server.equals(SERVER);
        }).toList());
    }

    private List<Instance> list(Map<String, String> labels) {
        Map<String, String> filter = new HashMap<>(labels);
        filter.put(Engine.INSTANCE_LABEL, engine.instance());
        List<Container> found = engine.client().listContainersCmd().withShowAll(true).withLabelFilter(filter).exec();
        return ListedContainer.instances(found);
    }

    /// Makes a container that is not started. While it has checks to pass it gets no restart policy: one that ends has failed.
    ///
    /// @param terminal whether it gets one
    /// @return its id
    String create(ProcessSpec spec, int index, String network, boolean init, boolean interactive, boolean terminal) {
        String name = spec.app() + "." + spec.process() + "." + index + "." + spec.deploy();
        CreateContainerCmd create = engine.client().createContainerCmd(spec.image())
                .withName(name)
                .withLabels(labels(spec, index))
                .withEnv(variables(spec.env().with("DYNO", spec.process() + "." + index)))
                .withStopTimeout(Math.toIntExact(spec.stopTimeout().toSeconds()))
                .withAliases(spec.process().value())
                .withExposedPorts(spec.published().stream().map(port -> binding(port).getExposedPort())
                        .toArray(ExposedPort[]::new))
                .withHostConfig(host(spec, network, init))
                .withStdinOpen(interactive).withStdInOnce(interactive).withAttachStdin(interactive).withTty(terminal);
        if (!spec.command().isEmpty()) {
            create.withCmd(spec.command());
        }
        String id;
        try {
            id = created(create, name);
        } catch (NotFoundException e) {
            throw new UserError(UserError.FAILED, "The image of release " + spec.release() + " of " + spec.app()
                    + " is not on the engine any more. Build it again: ps:rebuild " + spec.app(), e);
        }
        try {
            for (String other : spec.networks()) {
                engine.client().connectToNetworkCmd().withNetworkId(other).withContainerId(id).exec();
            }
        } catch (RuntimeException e) {
            remove(id);
            throw e;
        }
        return id;
    }

    private static String created(CreateContainerCmd create, String name) {
        try {
            return create.exec().getId();
        } catch (ConflictException e) {
            // Another server on this engine has an app of the same name.
            return create.withName(name + "." + Integer.toString(ThreadLocalRandom.current().nextInt(46_656, 1_679_616), 36))
                    .exec().getId();
        }
    }

    private Map<String, String> labels(ProcessSpec spec, int index) {
        TreeMap<String, String> labels = new TreeMap<>(spec.labels());
        labels.put(Engine.INSTANCE_LABEL, engine.instance());
        labels.put(Labels.ID, spec.id().value());
        labels.put(Labels.APP, spec.app().value());
        labels.put(Labels.PROCESS, spec.process().value());
        labels.put(Labels.INDEX, String.valueOf(index));
        labels.put(Labels.RELEASE, String.valueOf(spec.release()));
        labels.put(Labels.DEPLOY, spec.deploy());
        labels.put(Labels.KIND, spec.kind().name().toLowerCase(Locale.ROOT));
        labels.put(Labels.STOP_TIMEOUT, String.valueOf(spec.stopTimeout().toSeconds()));
        if (spec.kind() == ProcessSpec.Kind.DEPLOY) {
            labels.put(Labels.PORTS, spec.ports().stream().map(String::valueOf).collect(Collectors.joining(",")));
        } else {
            labels.put(Labels.SERVER, SERVER);
        }
        return labels;
    }

    private static List<String> variables(Env env) {
        return env.asMap().entrySet().stream().map(one -> {
            String variable = one.getKey() + "=" + one.getValue();
            if (variable.getBytes(StandardCharsets.UTF_8).length >= MAX_VARIABLE) {
                throw new UserError("The value of " + one.getKey()
                        + " is too long: a process can hold variables of up to 128 KiB each");
            }
            return variable;
        }).toList();
    }

    private static HostConfig host(ProcessSpec spec, String network, boolean init) {
        HostConfig host = HostConfig.newHostConfig()
                .withNetworkMode(network)
                .withRestartPolicy(spec.checks().isEmpty() ? RestartPolicy.parse(spec.restartPolicy())
                        : RestartPolicy.noRestart())
                .withInit(init)
                .withLogConfig(new LogConfig(LogConfig.LoggingType.JSON_FILE, Map.of("max-size", spec.logSize())))
                .withBinds(spec.mounts().stream().map(Bind::parse).toList())
                .withPortBindings(spec.published().stream().map(Containers::binding).toList());
        spec.memory().ifPresent(host::withMemory);
        spec.cpus().ifPresent(cpus -> host.withNanoCPUs(Math.round(cpus * 1_000_000_000)));
        return host;
    }

    private static PortBinding binding(String published) {
        try {
            return PortBinding.parse(published);
        } catch (IllegalArgumentException e) {
            throw new UserError(UserError.FAILED, "Not a published port: " + published
                    + ". Use [address:]host-port:container-port", e);
        }
    }

    /// Starts one that is made or was stopped; one that runs is left alone.
    void start(String container) {
        try {
            engine.client().startContainerCmd(container).exec();
        } catch (NotModifiedException e) {
            LOG.debug("Container {} runs already", container, e);
        }
    }

    /// What the engine does from now on when the container ends on its own.
    void setRestartPolicy(String container, String policy) {
        engine.client().updateContainerCmd(container).withRestartPolicy(RestartPolicy.parse(policy)).exec();
    }

    /// Ends the container with its own stop timeout. One that is gone or has ended is fine.
    void stop(String container) {
        try {
            Map<String, String> labels = engine.client().inspectContainerCmd(container).exec().getConfig().getLabels();
            int timeout = Integer.parseInt(labels.getOrDefault(Labels.STOP_TIMEOUT, "30"));
            engine.client().stopContainerCmd(container).withTimeout(timeout).exec();
        } catch (NotFoundException | NotModifiedException e) {
            LOG.debug("Container {} has ended already", container, e);
        }
    }

    /// Removes the container with its anonymous volumes, at once. One that is gone is fine.
    void remove(String container) {
        try {
            engine.client().removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec();
        } catch (NotFoundException e) {
            LOG.debug("Container {} is gone already", container, e);
        } catch (ConflictException e) {
            // Somebody else removes it in this moment.
            awaitGone(container, e);
        }
    }

    private void awaitGone(String container, ConflictException cause) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (System.nanoTime() < deadline) {
            try {
                engine.client().inspectContainerCmd(container).exec();
                Thread.sleep(50);
            } catch (NotFoundException e) {
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        throw cause;
    }

    /// Stops and removes them all at the same time. When the caller is interrupted, that goes on without it.
    void retire(Collection<String> containers) throws InterruptedException {
        List<RuntimeException> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = containers.stream().map(container -> Thread.ofVirtual().name("retire-" + container).start(() -> {
            try {
                try {
                    stop(container);
                } catch (DockerException e) {
                    LOG.warn("Container {} does not stop, so it is killed: {}", container, message(e));
                }
                remove(container);
            } catch (RuntimeException e) {
                failures.add(e);
            }
        })).toList();
        for (Thread thread : threads) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }

    /// What the engine said, without its envelope.
    static String message(DockerException e) {
        String text = String.valueOf(e.getMessage());
        int start = text.indexOf("\"message\":\"");
        int end = text.lastIndexOf('"');
        return start >= 0 && end > start + 11 ? text.substring(start + 11, end).replace("\\\"", "\"").replace("\\n", " ").strip()
                : text;
    }
}
