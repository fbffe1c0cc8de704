package hokku.swarm;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.PortBinding;
import hokku.api.App;
import hokku.api.AppId;
import hokku.api.Attachment;
import hokku.api.Engine;
import hokku.api.Env;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One-off containers on the manager's own node, outside of services, with input and terminal.
final class LocalTasks {
    private static final Logger LOG = LoggerFactory.getLogger(LocalTasks.class);

    private final SwarmParts parts;
    private final LocalImages images;

    LocalTasks(SwarmParts parts) {
        this.parts = parts;
        this.images = new LocalImages(parts);
    }

    private Engine engine() {
        return parts.engine().engine();
    }

    List<Instance> list() {
        return instances(containers(Map.of()));
    }

    List<Instance> list(AppId app) {
        return instances(containers(Map.of(Labels.ID, app.value())));
    }

    private List<Container> containers(Map<String, String> labels) {
        Map<String, String> filter = new HashMap<>(labels);
        filter.put(Engine.INSTANCE_LABEL, engine().instance());
        return engine().client().listContainersCmd().withShowAll(true).withLabelFilter(filter).exec().stream()
                .filter(container -> container.getLabels().containsKey(Labels.OUTSIDE_KIND)).toList();
    }

    private List<Instance> instances(List<Container> containers) {
        if (containers.isEmpty()) {
            return List.of();
        }
        String node = engine().client().infoCmd().exec().getName();
        return containers.stream().flatMap(container -> ListedTask.of(container, node)).sorted(ListedTask.ORDER).toList();
    }

    void remove(AppId app) {
        containers(Map.of(Labels.ID, app.value())).forEach(container -> remove(container.getId()));
    }

    /// Those of a former process of the server.
    void removeOrphans() {
        for (Container container : containers(Map.of())) {
            if (!ServerProcess.MARK.equals(container.getLabels().get(Labels.SERVER))) {
                remove(container.getId());
                LOG.info("Removed container {} of {}, left behind by a {} task", container.getId(), container.getLabels().get(Labels.ID),
                        container.getLabels().get(Labels.OUTSIDE_KIND));
            }
        }
    }

    int run(App app, ProcessSpec task, int index, Attachment attachment) throws InterruptedException {
        String container;
        try {
            String image = images.ensure(app, task, attachment);
            String network = parts.networks().ensure(task.id(), task.app());
            ProcessSpec complete = attachment.terminal().map(window -> task.withEnv(Env.EMPTY.with("TERM", window.type()).merge(task.env()))).orElse(task);
            SecretFiles files = SecretFiles.of(app, complete);
            container = Unbroken.call("create " + task.process(), () -> create(app, files, image, index, network, attachment.terminal().isPresent()));
        } catch (DockerException failed) {
            throw SwarmEngine.translated("The manager cannot make a container for " + task.process() + " of " + task.app(), failed);
        }
        try {
            if (Thread.interrupted()) {
                throw new InterruptedException("cancelled");
            }
            return engine().run(container, attachment);
        } catch (DockerException failed) {
            throw SwarmEngine.translated("The manager cannot start " + task.process() + " of " + task.app(), failed);
        } finally {
            Unbroken.run("remove " + task.process(), () -> discard(container));
        }
    }

    private String create(App app, SecretFiles files, String image, int index, String network, boolean terminal) {
        ProcessSpec task = files.spec();
        String name = task.app() + "." + task.process() + "." + index + "." + task.deploy();
        CreateContainerCmd create = engine().client().createContainerCmd(image)
                .withName(name)
                .withLabels(labels(task, index))
                .withEnv(task.env().with("DYNO", task.process() + "." + index).asMap().entrySet().stream()
                        .map(one -> one.getKey() + "=" + one.getValue()).toList())
                .withStopTimeout(Math.toIntExact(task.stopTimeout().toSeconds()))
                .withAliases(task.process().value())
                .withExposedPorts(task.published().stream().map(port -> binding(port).getExposedPort()).toArray(ExposedPort[]::new))
                .withHostConfig(host(task, network))
                .withStdinOpen(true).withStdInOnce(true).withAttachStdin(true).withTty(terminal);
        if (!task.command().isEmpty()) {
            create.withCmd(task.command());
        }
        String id = created(create, name);
        try {
            ServiceForm.furtherNetworks(app, task).forEach(other -> engine().client().connectToNetworkCmd().withNetworkId(other).withContainerId(id).exec());
            deliver(files.values(), id);
            return id;
        } catch (RuntimeException failed) {
            remove(id);
            throw failed;
        }
    }

    private void deliver(Env files, String container) {
        if (files.isEmpty()) {
            return;
        }
        try (InputStream archive = FilesArchive.of(files)) {
            engine().client().copyArchiveToContainerCmd(container).withTarInputStream(archive).withRemotePath("/").exec();
        } catch (IOException impossible) {
            throw new java.io.UncheckedIOException(impossible);
        }
    }

    private static String created(CreateContainerCmd create, String name) {
        try {
            return create.exec().getId();
        } catch (ConflictException taken) {
            // Another server on this engine has an app of the same name.
            return create.withName(name + "." + Integer.toString(ThreadLocalRandom.current().nextInt(46_656, 1_679_616), 36)).exec().getId();
        }
    }

    private Map<String, String> labels(ProcessSpec task, int index) {
        TreeMap<String, String> labels = new TreeMap<>(task.labels());
        labels.put(Engine.INSTANCE_LABEL, engine().instance());
        labels.put(Labels.ID, task.id().value());
        labels.put(Labels.APP, task.app().value());
        labels.put(Labels.PROCESS, task.process().value());
        labels.put(Labels.INDEX, String.valueOf(index));
        labels.put(Labels.RELEASE, String.valueOf(task.release()));
        labels.put(Labels.DEPLOY, task.deploy());
        labels.put(Labels.OUTSIDE_KIND, task.kind().name().toLowerCase(Locale.ROOT));
        labels.put(Labels.SERVER, ServerProcess.MARK);
        return labels;
    }

    private static HostConfig host(ProcessSpec task, String network) {
        HostConfig host = HostConfig.newHostConfig()
                .withNetworkMode(network)
                .withInit(task.init())
                .withLogConfig(new LogConfig(LogConfig.LoggingType.JSON_FILE, Map.of("max-size", task.logSize())))
                .withBinds(task.mounts().stream().map(Bind::parse).toList())
                .withPortBindings(task.published().stream().map(LocalTasks::binding).toList());
        task.memory().ifPresent(host::withMemory);
        task.cpus().ifPresent(cpus -> host.withNanoCPUs(Math.round(cpus * 1_000_000_000)));
        return host;
    }

    private static PortBinding binding(String published) {
        try {
            return PortBinding.parse(published);
        } catch (IllegalArgumentException none) {
            throw new UserError(UserError.FAILED, "Not a published port: " + published + ". Use [address:]host-port:container-port", none);
        }
    }

    private void discard(String container) {
        try {
            remove(container);
        } catch (RuntimeException failed) {
            // How the task ended matters more than what stays of it, which goes later.
            LOG.warn("Container {} of a task stays behind: {}", container, failed.getMessage());
        }
    }

    private void remove(String container) {
        try {
            engine().client().removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec();
        } catch (NotFoundException gone) {
            LOG.debug("Container {} is gone already", container, gone);
        } catch (ConflictException going) {
            LOG.debug("Somebody else removes container {} in this moment", container, going);
        }
    }
}
