package hokku.core.datastore;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.api.model.LocalNodeState;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.RestartPolicy;
import com.github.dockerjava.api.model.StreamType;
import hokku.api.Attachment;
import hokku.api.Engine;
import hokku.api.Output;
import hokku.api.Service;
import hokku.api.ServiceId;
import hokku.api.Uninterruptible;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import hokku.core.docker.FilesArchive;
import java.io.Closeable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/// Containers and volumes of the Docker engine.
public final class EngineServiceContainers implements ServiceContainers {
    static final String ID = "hokku.service";
    private static final String DATASTORE = "hokku.datastore";
    /// Tells a container that stands beside a service's own for a while.
    private static final String ROLE = "hokku.role";
    private static final String VOLUME = "hokku.volume";
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration GLANCE = Duration.ofMillis(100);
    private static final int LAST_LINES = 10;

    private final Engine engine;

    public EngineServiceContainers(Engine engine) {
        this.engine = engine;
    }

    @Override
    public void demandImage(String image, Output out) throws InterruptedException {
        try {
            engine.client().inspectImageCmd(image).exec();
        } catch (NotFoundException none) {
            out.step("Fetching the image " + image);
            try {
                engine.client().pullImageCmd(image).start().awaitCompletion();
                engine.client().inspectImageCmd(image).exec();
            } catch (DockerException | DockerClientException refused) {
                throw new UserError(UserError.FAILED, ("The image %s is not on the server and could not be fetched: %s\nLook at its name and version, or"
                        + " bring it there: docker pull, or docker load").formatted(image, refused.getMessage().strip()), refused);
            }
        }
    }

    @Override
    public String createVolume(Service service, String name) {
        engine.client().createVolumeCmd().withName(name).withLabels(labels(service)).exec();
        return name;
    }

    @Override
    public void removeVolume(String name) {
        try {
            engine.client().removeVolumeCmd(name).exec();
        } catch (NotFoundException gone) {
            // That is what was wanted.
        }
    }

    @Override
    public List<String> volumes(String mark) {
        Map<String, List<String>> own = Map.of("label", List.of(Engine.INSTANCE_LABEL + "=" + engine.instance(), ID));
        var list = engine.client().listVolumesCmd();
        own.forEach(list::withFilter);
        return Optional.ofNullable(list.exec().getVolumes()).orElse(List.of()).stream().map(each -> each.getName()).filter(name -> name.endsWith(mark)).toList();
    }

    @Override
    public void removeVolumeAndUsers(String name) {
        engine.client().listContainersCmd().withShowAll(true).withVolumeFilter(List.of(name)).exec().forEach(each -> remove(each.getId()));
        removeVolume(name);
    }

    private Map<String, String> labels(Service service) {
        return Map.of(Engine.INSTANCE_LABEL, engine.instance(), ID, service.id().value(), DATASTORE, service.datastore());
    }

    @Override
    public Optional<String> find(Service service, String role) {
        return container(service, role).map(Container::getId);
    }

    private Optional<Container> container(Service service, String role) {
        return engine.client().listContainersCmd().withShowAll(true).withLabelFilter(labels(service)).exec().stream()
                .filter(each -> each.getLabels().getOrDefault(ROLE, "").equals(role)).findFirst();
    }

    @Override
    public boolean fits(Service service) {
        return container(service, "").map(Container::getLabels).map(labels -> labels.getOrDefault(VOLUME, service.volume()).equals(service.volume()))
                .orElse(true);
    }

    @Override
    public String state(Service service) {
        return container(service, "").map(Container::getState).orElse("missing");
    }

    @Override
    public String start(Datastore datastore, Service service, String role) throws InterruptedException {
        Datastore.Startup startup = datastore.startup(service);
        DockerClient client = engine.client();
        List<String> variables = new ArrayList<>();
        startup.env().merge(service.env()).asMap().forEach((key, value) -> variables.add(key + "=" + value));
        demandVolume(client, service);
        Map<String, String> labels = new java.util.TreeMap<>(labels(service));
        labels.put(ROLE, role);
        labels.put(VOLUME, service.volume());
        CreateContainerCmd create = client.createContainerCmd(service.image())
                .withName(service.datastore() + "." + service.name() + "." + service.id() + (role.isEmpty() ? "" : "." + role))
                .withLabels(labels).withEnv(variables).withHostConfig(host(datastore, service, role))
                .withExposedPorts(datastore.ports().stream().map(ExposedPort::tcp).toArray(ExposedPort[]::new));
        List<String> command = new ArrayList<>(startup.command());
        command.addAll(service.options());
        if (!command.isEmpty()) {
            create.withCmd(command);
        }
        String id = unbroken("make the container of " + service.name(), () -> create.exec().getId());
        try {
            client.copyArchiveToContainerCmd(id).withRemotePath("/").withTarInputStream(FilesArchive.of(startup.files())).exec();
            for (String network : service.networks()) {
                client.connectToNetworkCmd().withNetworkId(network).withContainerId(id).exec();
            }
            client.startContainerCmd(id).exec();
            return id;
        } catch (NotFoundException missing) {
            remove(id);
            throw new UserError(UserError.FAILED, "A network that " + service.name() + " is to join is not there: " + missing.getMessage(), missing);
        } catch (RuntimeException failed) {
            remove(id);
            throw new UserError(UserError.FAILED, "The container of " + service.name() + " cannot be started: " + failed.getMessage(), failed);
        }
    }

    /// The engine would make one that is not there, and an empty service would stand where the data was.
    private static void demandVolume(DockerClient client, Service service) {
        try {
            client.inspectVolumeCmd(service.volume()).exec();
        } catch (NotFoundException lost) {
            throw new UserError(UserError.FAILED, ("The volume %s with the data of %s is gone. Bring it back, or destroy the service and restore a backup"
                    + " into a new one").formatted(service.volume(), service.name()), lost);
        }
    }

    private HostConfig host(Datastore datastore, Service service, String role) {
        HostConfig host = HostConfig.newHostConfig()
                .withRestartPolicy(role.isEmpty() ? RestartPolicy.unlessStoppedRestart() : RestartPolicy.noRestart())
                .withLogConfig(new LogConfig(LogConfig.LoggingType.JSON_FILE, Map.of("max-size", "10m")))
                .withMounts(List.of(new Mount().withType(MountType.VOLUME).withSource(service.volume()).withTarget(datastore.folder(service))));
        service.setting(INITIAL_NETWORK).ifPresent(host::withNetworkMode);
        service.memory().ifPresent(host::withMemory);
        service.shmSize().ifPresent(host::withShmSize);
        if (role.isEmpty()) {
            List<PortBinding> bindings = new ArrayList<>();
            for (int i = 0; i < service.exposed().size(); i++) {
                bindings.add(PortBinding.parse(service.exposed().get(i) + ":" + datastore.ports().get(i)));
            }
            host.withPortBindings(bindings);
        }
        return host;
    }

    @Override
    public void awaitReady(Datastore datastore, Service service, String container) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Datastore.Inside inside = inside(container);
        while (true) {
            InspectContainerResponse.ContainerState state = engine.client().inspectContainerCmd(container).exec().getState();
            boolean runs = Boolean.TRUE.equals(state.getRunning()) && !Boolean.TRUE.equals(state.getRestarting());
            if (runs && inside.run(datastore.ready(service), java.io.InputStream.nullInputStream(), java.io.OutputStream.nullOutputStream()).exit() == 0) {
                return;
            }
            boolean ended = !runs && state.getExitCodeLong() != null && "exited".equals(state.getStatus()) || Boolean.TRUE.equals(state.getRestarting());
            if (ended || System.nanoTime() > end) {
                throw new UserError("%s %s %s. The last that it wrote:\n%s".formatted(datastore.title(), service.name(),
                        ended ? "ended with exit code " + state.getExitCodeLong() : "accepts no connections after " + PATIENCE.toSeconds() + " seconds",
                        ContainerOutput.last(engine.client(), container, LAST_LINES)));
            }
            Thread.sleep(GLANCE);
        }
    }

    @Override
    public Datastore.Inside inside(String container) {
        return new ContainerInside(engine, container);
    }

    @Override
    public int attach(String container, Datastore.Call call, Attachment attachment) throws InterruptedException {
        return engine.exec(container, call.words(), call.env(), attachment);
    }

    @Override
    public void output(String container, int lines, boolean follow, Written to) throws InterruptedException {
        ContainerOutput.pass(engine.client(), container, lines, follow,
                frame -> to.piece(frame.getStreamType() == StreamType.STDERR, frame.getPayload()));
    }

    @Override
    public void startExisting(String container) {
        try {
            engine.client().startContainerCmd(container).exec();
        } catch (NotModifiedException running) {
            // That is what was wanted.
        }
    }

    @Override
    public void stop(String container) {
        try {
            engine.client().stopContainerCmd(container).withTimeout(30).exec();
        } catch (NotModifiedException | NotFoundException ended) {
            // That is what was wanted.
        }
    }

    @Override
    public void pause(String container, boolean paused) {
        // Asked first: engines answer differently when it is so already, some as if they had failed.
        if (Boolean.TRUE.equals(engine.client().inspectContainerCmd(container).exec().getState().getPaused()) == paused) {
            return;
        }
        if (paused) {
            engine.client().pauseContainerCmd(container).exec();
        } else {
            engine.client().unpauseContainerCmd(container).exec();
        }
    }

    @Override
    public void remove(String container) {
        unbroken("remove a container", () -> {
            try {
                // With the volumes that have no name: what an image declares beside the folder of the data.
                engine.client().removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec();
            } catch (NotFoundException gone) {
                // That is what was wanted.
            }
            return container;
        });
    }

    @Override
    public String address(Service service) {
        return find(service).flatMap(id -> Optional.ofNullable(engine.client().inspectContainerCmd(id).exec().getNetworkSettings()
                .getNetworks().get(service.setting(INITIAL_NETWORK).orElse("bridge")))).map(ContainerNetwork::getIpAddress).orElse("");
    }

    @Override
    public Optional<String> node() {
        Info info = engine.client().infoCmd().exec();
        boolean member = info.getSwarm() != null && info.getSwarm().getLocalNodeState() == LocalNodeState.ACTIVE;
        return member ? Optional.ofNullable(info.getName()) : Optional.empty();
    }

    @Override
    public Closeable listen(Runnable opened, Consumer<ServiceId> ended) {
        return new ServiceEvents(engine, opened, ended);
    }

    /// Whose own container has these labels.
    static Optional<ServiceId> service(Map<String, String> labels) {
        return Optional.ofNullable(labels.get(ID)).filter(id -> id.matches("[0-9a-f]{16}") && labels.getOrDefault(ROLE, "").isEmpty()).map(ServiceId::of);
    }

    private static <T> T unbroken(String name, Callable<T> work) {
        try {
            return Uninterruptible.call(name, work);
        } catch (RuntimeException failed) {
            throw failed;
        } catch (Exception other) {
            throw new UserError(UserError.FAILED, "The engine could not " + name + ": " + other.getMessage(), other);
        }
    }
}
