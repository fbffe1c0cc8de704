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
import java.time.Duration;
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

    private List<Instance> list(Map<String, String> labels) {
        Map<String, String> filter = new HashMap<>(labels);
        filter.put(Engine.INSTANCE_LABEL, engine.instance());
        List<Container> found = engine.client().listContainersCmd().withShowAll(true).withLabelFilter(filter).exec();
        return ListedContainer.instances(found);
    }

    /// Makes a container that is not started. It has no restart policy yet: one that ends on its own at first has failed.
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
                .withExposedPorts(spec.published().stream().map(port -> binding(port).getExposedPort()).toArray(ExposedPort[]::new))
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
        for (String other : spec.networks()) {
            engine.client().connectToNetworkCmd().withNetworkId(other).withContainerId(id).exec();
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
        labels.put(Labels.PORTS, spec.ports().stream().map(String::valueOf).collect(Collectors.joining(",")));
        return labels;
    }

    private static List<String> variables(Env env) {
        return env.asMap().entrySet().stream().map(one -> one.getKey() + "=" + one.getValue()).toList();
    }

    private static HostConfig host(ProcessSpec spec, String network, boolean init) {
        HostConfig host = HostConfig.newHostConfig()
                .withNetworkMode(network)
                .withRestartPolicy(RestartPolicy.noRestart())
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
            throw new UserError(UserError.FAILED, "Not a published port: " + published + ". Use [address:]host-port:container-port", e);
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
            engine.client().stopContainerCmd(container).exec();
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
        return start >= 0 && end > start + 11 ? text.substring(start + 11, end).replace("\\\"", "\"").replace("\\n", " ").strip() : text;
    }
}
