package hokku.swarm.registry;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.RestartPolicy;
import hokku.api.Attachment;
import hokku.api.Engine;
import hokku.api.Env;
import hokku.api.Output;
import hokku.api.UserError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The container and the volume of Hokku's own registry, on the server's engine.
final class RegistryContainer {
    static final String CONFIGURATION = "/etc/hokku-registry/config.yml";
    static final String DATA = "/var/lib/registry";
    private static final int INSIDE_PORT = 5000;
    private static final int OWNER_READS = 0400;
    private static final int STOP_SECONDS = 10;

    private final Engine engine;
    private final String name;

    RegistryContainer(Engine engine) {
        this.engine = engine;
        this.name = "hokku-" + engine.instance() + "-registry";
    }

    /// What a container is made of.
    ///
    /// @param host what the port is published on; empty for every address
    /// @param files content by path
    /// @param labels besides those that all have
    record Form(String image, String host, int port, Map<String, String> files, Map<String, String> labels) {
        @Override
        public String toString() {
            return image + " at " + host + ":" + port;
        }
    }

    Optional<InspectContainerResponse> find() {
        return find(name);
    }

    private Optional<InspectContainerResponse> find(String named) {
        try {
            return Optional.of(engine.client().inspectContainerCmd(named).exec());
        } catch (NotFoundException none) {
            return Optional.empty();
        }
    }

    void start() {
        try {
            engine.client().startContainerCmd(name).exec();
        } catch (NotModifiedException running) {
            // That is what was wanted.
        }
    }

    /// @return whether the volume is a new one
    boolean demandVolume() {
        try {
            engine.client().inspectVolumeCmd(name).exec();
            return false;
        } catch (NotFoundException none) {
            engine.client().createVolumeCmd().withName(name).withLabels(labels(Map.of())).exec();
            return true;
        }
    }

    void demandImage(String image, Output out) throws InterruptedException {
        try {
            engine.client().inspectImageCmd(image).exec();
        } catch (NotFoundException none) {
            out.step("Fetching the image " + image);
            try {
                engine.client().pullImageCmd(image.contains(":") ? image : image + ":latest").start().awaitCompletion();
                engine.client().inspectImageCmd(image).exec();
            } catch (DockerException | DockerClientException refused) {
                throw new UserError(UserError.FAILED, ("The image %s for Hokku's registry is not on the server and could not be fetched: %s\nBring it there:"
                        + " docker pull, or docker load; or name another: dokku registry:set --global image <image>; or use a registry that is there already:"
                        + " dokku registry:set --global server <registry>").formatted(image, PushFailure.reason(refused)), refused);
            }
        }
    }

    private String former() {
        return name + "-former";
    }

    /// Makes up for a replacement that a crash cut off.
    void recover() {
        Optional<InspectContainerResponse> former = find(former());
        if (former.isPresent() && find().isEmpty()) {
            engine.client().renameContainerCmd(former.get().getId()).withName(name).exec();
        } else {
            former.ifPresent(container -> remove(container.getId()));
        }
    }

    /// Puts a container in the place of the one before, which goes on when the new one does not start.
    void replace(Form form) throws IOException {
        recover();
        Optional<InspectContainerResponse> before = find();
        before.ifPresent(container -> {
            stop(container.getId());
            engine.client().renameContainerCmd(container.getId()).withName(former()).exec();
        });
        try {
            create(form);
            start();
        } catch (DockerException refused) {
            find().ifPresent(container -> remove(container.getId()));
            before.ifPresent(container -> {
                engine.client().renameContainerCmd(container.getId()).withName(name).exec();
                start();
            });
            throw notStarted(form, refused);
        }
        before.ifPresent(container -> remove(container.getId()));
    }

    private void create(Form form) throws IOException {
        ExposedPort inside = ExposedPort.tcp(INSIDE_PORT);
        Ports.Binding outside = form.host().isEmpty() ? Ports.Binding.bindPort(form.port()) : Ports.Binding.bindIpAndPort(form.host(), form.port());
        String container = engine.client().createContainerCmd(form.image()).withName(name).withLabels(labels(form.labels()))
                .withEntrypoint("registry").withCmd("serve", CONFIGURATION)
                .withExposedPorts(inside)
                .withHostConfig(HostConfig.newHostConfig().withPortBindings(new PortBinding(outside, inside))
                        .withRestartPolicy(RestartPolicy.alwaysRestart())
                        .withMounts(List.of(new Mount().withType(MountType.VOLUME).withSource(name).withTarget(DATA)))
                        .withLogConfig(new LogConfig(LogConfig.LoggingType.JSON_FILE, Map.of("max-size", "10m", "max-file", "2"))))
                .exec().getId();
        SmallArchive archive = new SmallArchive();
        form.files().forEach((path, content) -> archive.file(path.substring(1), OWNER_READS, content));
        // Among the container's words and variables everybody who may ask the engine would see them.
        try (InputStream files = archive.open()) {
            engine.client().copyArchiveToContainerCmd(container).withRemotePath("/").withTarInputStream(files).exec();
        }
    }

    private static UserError notStarted(Form form, DockerException refused) {
        String reason = PushFailure.reason(refused);
        if (reason.contains("already allocated") || reason.contains("already in use")) {
            return new UserError(UserError.FAILED, ("Hokku's registry cannot be started: port %d is taken by something else. Look what it is: ss -ltnp; or set"
                    + " another: dokku registry:set --global port <port>").formatted(form.port()), refused);
        }
        if (reason.contains("cannot assign requested address")) {
            return new UserError(UserError.FAILED, ("Hokku's registry cannot be started: %s is no address of this machine. Set one that nodes reach it by:"
                    + " dokku registry:set --global address <address>").formatted(form.host()), refused);
        }
        return new UserError(UserError.FAILED, "Hokku's registry cannot be started: " + reason, refused);
    }

    private void stop(String container) {
        try {
            engine.client().stopContainerCmd(container).withTimeout(STOP_SECONDS).exec();
        } catch (NotModifiedException stopped) {
            // That is what was wanted.
        }
    }

    private void remove(String container) {
        engine.client().removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec();
    }

    /// Runs a command in it.
    ///
    /// @return what it wrote
    /// @throws UserError when it fails
    String run(String... command) throws InterruptedException {
        ByteArrayOutputStream wrote = new ByteArrayOutputStream();
        int code = engine.exec(name, List.of(command), Env.EMPTY, Attachment.of(InputStream.nullInputStream(), wrote, wrote, Optional.empty()));
        String text = wrote.toString(StandardCharsets.UTF_8);
        if (code != 0) {
            throw new UserError(String.join(" ", command) + " failed in Hokku's registry with exit code " + code + ": "
                    + text.substring(Math.max(0, text.length() - 500)).strip());
        }
        return text;
    }

    /// The last that it wrote, for whoever looks for the reason of something.
    String lastLines() throws InterruptedException {
        StringBuilder lines = new StringBuilder();
        engine.client().logContainerCmd(name).withStdOut(true).withStdErr(true).withTail(5).exec(new com.github.dockerjava.api.async.ResultCallback.Adapter<Frame>() {
            @Override
            public void onNext(Frame frame) {
                lines.append(new String(frame.getPayload(), StandardCharsets.UTF_8));
            }
        }).awaitCompletion();
        return lines.toString().strip();
    }

    private Map<String, String> labels(Map<String, String> further) {
        Map<String, String> labels = new TreeMap<>(further);
        labels.put(Engine.INSTANCE_LABEL, engine.instance());
        return labels;
    }
}
