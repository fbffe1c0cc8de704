package hokku.buildstep;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageCmd;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import hokku.api.Attachment;
import hokku.api.Engine;
import hokku.api.Env;
import hokku.api.HostAuthorities;
import hokku.api.Output;
import hokku.api.Uninterruptible;
import hokku.api.UserError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes images of Debian from its packages, with the program debootstrap of the machine that the engine runs on.
///
/// That program must be root, which the server is not. So it runs in a container whose image is empty: the machine's programs are mounted
/// read-only, the new system grows in the container's own layer. What a container may do by itself suffices: debootstrap makes its
/// devices, and only warns that it cannot mount /proc. All is asked of the engine, so it works as well for one on another machine.
final class Debootstrap implements BaseImage.Maker {
    private static final Logger LOG = LoggerFactory.getLogger(Debootstrap.class);
    private static final String PROGRAM = "/usr/sbin/debootstrap";
    /// What one making of an image made on its way.
    private static final String LABEL = "hokku.base-image";
    private static final String SYSTEM = "/system";
    private static final String CONTEXT = "/context";
    /// Where programs are, and what they need besides: which of several they are, and whom to trust. On most systems /bin and the like
    /// are links into /usr, which the engine follows.
    private static final List<String> MACHINE = List.of("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/alternatives", "/etc/ssl");
    private static final List<String> NOT_EVERYWHERE = List.of("/lib64");
    /// After this a container ends by itself, and all that runs in it: a mirror that stalls, and what a crash of the server left behind.
    private static final String HALF_AN_HOUR = "1800";

    private final Engine engine;
    private final HostAuthorities authorities;
    private final String program;
    private final AptMirror mirror;

    Debootstrap(Engine engine, HostAuthorities authorities) {
        this(engine, authorities, PROGRAM, AptMirror.ofThisHost());
    }

    Debootstrap(Engine engine, HostAuthorities authorities, String program, AptMirror mirror) {
        this.engine = engine;
        this.authorities = authorities;
        this.program = program;
        this.mirror = mirror;
    }

    /// One call at a time for an image.
    ///
    /// @throws UserError when it cannot be made; nothing is left behind then, nor after an interrupt
    @Override
    public void make(String suite, String image, Output out) throws IOException, InterruptedException {
        removeLeftovers();
        DockerClient docker = engine.client();
        Map<String, String> labels = Map.of(Engine.INSTANCE_LABEL, engine.instance(), LABEL, UUID.randomUUID().toString());
        try {
            String container = create(docker, empty(docker, labels), labels);
            docker.startContainerCmd(container).exec();
            if (run(container, "", new LastLines(), "test", "-x", program) != 0) {
                throw new UserError("The image " + image + " can be made from Debian's packages, but debootstrap is not installed on the machine"
                        + " that the Docker engine runs on. Install it there: apt-get install debootstrap");
            }
            out.step("Making the image " + image + " from Debian's packages");
            fill(container, suite, image, out);
            keep(docker, container, image);
        } catch (DockerException | DockerClientException refused) {
            throw new UserError(UserError.FAILED, "The image " + image + " cannot be made from Debian's packages: " + BaseImage.reason(refused), refused);
        } finally {
            undisturbed(() -> remove(labels));
        }
    }

    private String create(DockerClient docker, String empty, Map<String, String> labels) {
        List<Mount> mounts = MACHINE.stream().filter(path -> !NOT_EVERYWHERE.contains(path) || Files.exists(Path.of(path)))
                .map(path -> new Mount().withType(MountType.BIND).withSource(path).withTarget(path).withReadOnly(true)).toList();
        // The machine's own network: what its apt reaches is reached from here, be it a mirror or a proxy on the machine itself.
        HostConfig host = HostConfig.newHostConfig().withMounts(mounts).withTmpFs(Map.of("/tmp", "")).withNetworkMode("host");
        return docker.createContainerCmd(empty).withHostConfig(host).withLabels(labels).exec().getId();
    }

    private void fill(String container, String suite, String image, Output out) throws IOException, InterruptedException {
        LastLines said = new LastLines(line -> LastLines.stage(line).ifPresent(out::detail));
        if (run(container, "", said, program, "--variant=minbase", "--include=ca-certificates", suite, SYSTEM, mirror.address()) != 0) {
            throw new UserError("The image " + image + " cannot be made from Debian's packages, debootstrap failed with the mirror " + mirror.address()
                    + ":\n" + said.text());
        }
        SortedMap<String, String> certificates = authorities.certificates();
        for (Map.Entry<String, String> one : certificates.entrySet()) {
            must(container, one.getValue(), "tee", SYSTEM + "/usr/local/share/ca-certificates/" + one.getKey());
        }
        if (!certificates.isEmpty()) {
            must(container, "", "chroot", SYSTEM, "update-ca-certificates");
        }
        must(container, "", "find", SYSTEM + "/var/cache/apt", SYSTEM + "/var/lib/apt/lists", "-type", "f", "-delete");
        // the last two are this machine's, the engine gives each container its own
        must(container, "", "rm", "-f", SYSTEM + "/var/log/bootstrap.log", SYSTEM + "/etc/resolv.conf", SYSTEM + "/etc/hostname");
    }

    private void must(String container, String in, String... words) throws InterruptedException {
        LastLines said = new LastLines();
        int code = run(container, in, said, words);
        if (code != 0) {
            throw new UserError("Debian's packages are installed, but " + words[0] + " failed with exit code " + code + ":\n" + said.text());
        }
    }

    private int run(String container, String in, LastLines said, String... words) throws InterruptedException {
        return engine.exec(container, List.of(words), Env.EMPTY.with("LC_ALL", "C.UTF-8"),
                Attachment.of(new ByteArrayInputStream(in.getBytes(StandardCharsets.ISO_8859_1)), said, said, Optional.empty()));
    }

    /// The system as an image. The folder that is read from the container is the context of the build: a recipe and an archive.
    private void keep(DockerClient docker, String container, String image) throws IOException, InterruptedException {
        must(container, "", "mkdir", CONTEXT);
        must(container, "FROM scratch\nADD system.tar /\nCMD [\"bash\"]\n", "tee", CONTEXT + "/Dockerfile");
        must(container, "", "tar", "--numeric-owner", "-C", SYSTEM, "-cf", CONTEXT + "/system.tar", ".");
        try (InputStream context = docker.copyArchiveFromContainerCmd(container, CONTEXT + "/.").exec()) {
            build(docker.buildImageCmd().withTarInputStream(context).withTags(Set.of(image)));
        }
    }

    private String empty(DockerClient docker, Map<String, String> labels) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("hokku-base");
        Path recipe = folder.resolve("Dockerfile");
        try {
            Files.writeString(recipe, "FROM scratch\nCMD [\"/usr/bin/sleep\", \"" + HALF_AN_HOUR + "\"]\n");
            return build(docker.buildImageCmd(recipe.toFile()).withLabels(labels));
        } finally {
            Files.deleteIfExists(recipe);
            Files.delete(folder);
        }
    }

    private static String build(BuildImageCmd command) throws IOException, InterruptedException {
        try (BuildImageResultCallback built = new BuildImageResultCallback()) {
            command.withNoCache(true).withRemove(true).withForcerm(true).exec(built).awaitCompletion();
            return built.awaitImageId();
        }
    }

    /// By their labels: who is interrupted while the engine makes something never hears what that is called.
    private void remove(Map<String, String> labels) {
        DockerClient docker = engine.client();
        docker.listContainersCmd().withShowAll(true).withLabelFilter(labels).exec().forEach(made -> removeContainer(made.getId()));
        docker.listImagesCmd().withLabelFilter(labels).exec().forEach(made -> removeImage(made.getId()));
    }

    /// What a server that was killed meanwhile left behind. What still runs may be another's, who was here before plugins were loaded anew.
    private void removeLeftovers() {
        for (Container left : engine.client().listContainersCmd().withStatusFilter(List.of("exited"))
                .withLabelFilter(List.of(Engine.INSTANCE_LABEL + "=" + engine.instance(), LABEL)).exec()) {
            remove(Map.of(Engine.INSTANCE_LABEL, engine.instance(), LABEL, left.getLabels().get(LABEL)));
        }
    }

    private void removeContainer(String container) {
        try {
            engine.client().removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec();
        } catch (NotFoundException gone) {
            LOG.debug("The container {} is gone already", container);
        }
    }

    private void removeImage(String image) {
        try {
            engine.client().removeImageCmd(image).exec();
        } catch (NotFoundException | ConflictException gone) {
            LOG.debug("The image {} is gone already, or in use", image);
        }
    }

    /// To its end, whatever comes meanwhile. What fails here must not hide what happened before.
    private static void undisturbed(Runnable removal) {
        try {
            Uninterruptible.call("remove what making an image left", () -> {
                removal.run();
                return true;
            });
        } catch (Exception failed) {
            LOG.warn("What making an image left could not be removed", failed);
        }
    }
}
