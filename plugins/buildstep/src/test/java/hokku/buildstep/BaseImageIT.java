package hokku.buildstep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import hokku.api.Attachment;
import hokku.api.Engine;
import hokku.api.HostAuthorities;
import hokku.api.UserError;
import hokku.core.docker.DockerEngine;
import hokku.testkit.RecordingOutput;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The names of images are such as no registry has, so that these tests do the same where one is reached.
class BaseImageIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SUITE = "bookworm";

    @TempDir
    private Path folder;
    private final String letters = Long.toString(System.nanoTime(), 26).chars()
            .mapToObj(c -> String.valueOf((char) (c <= '9' ? 'q' + c - '0' : c))).reduce("hokkutest", String::concat);
    private final String image = "debian:" + letters + "-slim";
    private final RecordingOutput out = new RecordingOutput();
    private DockerEngine engine;

    @BeforeEach
    void connect() {
        engine = new DockerEngine(URI.create("unix:///var/run/docker.sock"), "test-" + letters);
    }

    @AfterEach
    void leavesNothing() throws Exception {
        try {
            assertThat(containers()).isEmpty();
            assertThat(docker().listImagesCmd().withLabelFilter(Map.of(Engine.INSTANCE_LABEL, engine.instance())).exec()).isEmpty();
        } finally {
            removeImage();
            engine.close();
        }
    }

    private void removeImage() {
        try {
            docker().removeImageCmd(image).exec();
        } catch (NotFoundException none) {
            // this test made none
        }
    }

    private List<Container> containers() {
        return docker().listContainersCmd().withShowAll(true).withLabelFilter(Map.of(Engine.INSTANCE_LABEL, engine.instance())).exec();
    }

    @Test
    void whatIsThereIsTakenWithoutAWord() throws Exception {
        assertThat(new BaseImage(engine).id("debian:bookworm-slim", out)).isEqualTo(docker().inspectImageCmd("debian:bookworm-slim").exec().getId());
        assertThat(new BaseImage(engine).id("busybox", out)).isEqualTo(docker().inspectImageCmd("busybox:latest").exec().getId());
        assertThat(out.lines()).isEmpty();
    }

    @Test
    void debianIsMadeFromItsPackagesWhereNoRegistryHasIt() throws Exception {
        Path authorities = Files.createDirectory(folder.resolve("authorities"));
        Path certificate = authorities.resolve("company.crt");
        makeCertificate(certificate);
        Debootstrap debootstrap = new Debootstrap(engine, new HostAuthorities(authorities, Path.of("/etc/ssl/certs/ca-certificates.crt")));
        String id = base((suite, name, to) -> debootstrap.make(SUITE, name, to)).id(image, out);
        assertThat(out.lines()).startsWith("-----> Fetching the image " + image)
                .contains("-----> Making the image " + image + " from Debian's packages", "       Unpacking the base system")
                .anyMatch(line -> line.startsWith("       It cannot be fetched: ")).hasSizeLessThan(20);
        assertThat(docker().inspectImageCmd(image).exec().getId()).isEqualTo(id);
        assertThat(docker().inspectImageCmd(id).exec().getConfig().getCmd()).containsExactly("bash");
        assertThat(Optional.ofNullable(docker().inspectImageCmd(id).exec().getConfig().getLabels()).orElse(Map.of())).isEmpty();
        String line = Files.readAllLines(certificate).get(2);
        String said = run(id, "apt-get --version | head -n 1; grep -cF '" + line + "' /etc/ssl/certs/ca-certificates.crt; ls /var/lib/apt/lists"
                + " /var/cache/apt/archives; grep -c VERSION_CODENAME=" + SUITE + " /etc/os-release; echo > /dev/null && echo devices");
        assertThat(said.lines().toList()).satisfies(lines -> assertThat(lines.getFirst()).startsWith("apt 2.")).contains("1", "devices")
                .noneMatch(shown -> shown.endsWith(".deb") || shown.contains("Packages"));
    }

    @Test
    void twoWhoAskAtOnceGetOneImageThatIsMadeOnce() throws Exception {
        AtomicInteger made = new AtomicInteger();
        RecordingOutput second = new RecordingOutput();
        BaseImage base = base((suite, name, to) -> {
            made.incrementAndGet();
            await().atMost(PATIENCE).until(() -> second.text().contains("Waiting for the image " + image + ", which another build is getting"));
            docker().tagImageCmd("busybox:latest", "debian", name.substring(name.indexOf(':') + 1)).exec();
        });
        FutureTask<String> first = begin(() -> base.id(image, out));
        await().atMost(PATIENCE).until(() -> made.get() == 1);
        assertThat(begin(() -> base.id(image, second)).get()).isEqualTo(first.get()).isEqualTo(docker().inspectImageCmd("busybox:latest").exec().getId());
        assertThat(made).hasValue(1);
    }

    @Test
    void withoutDebootstrapTheErrorSaysWhatToDo() {
        Debootstrap absent = new Debootstrap(engine, HostAuthorities.ofThisHost(), "/usr/sbin/no-debootstrap", AptMirror.ofThisHost());
        assertThatThrownBy(() -> base(absent).id(image, out)).isInstanceOf(UserError.class)
                .hasMessageContainingAll("debootstrap is not installed", "apt-get install debootstrap", "docker pull " + image, "docker load",
                        "buildpacks:set-property --global stack <image>");
    }

    @Test
    void whatDebootstrapSaysIsShownWhenItFails() {
        assertThatThrownBy(() -> new BaseImage(engine).id(image, out)).isInstanceOf(UserError.class)
                .hasMessageContainingAll("debootstrap failed with the mirror http", "No such script: /usr/share/debootstrap/scripts/" + letters,
                        "docker pull " + image);
    }

    @Test
    void whatAKilledServerLeftBehindIsRemovedByTheNext() {
        docker().startContainerCmd(docker().createContainerCmd("busybox").withCmd("true")
                .withLabels(Map.of(Engine.INSTANCE_LABEL, engine.instance(), "hokku.base-image", "killed")).exec().getId()).exec();
        await().atMost(PATIENCE).until(() -> containers().getFirst().getState().equals("exited"));
        docker().createContainerCmd("busybox").withLabels(Map.of(Engine.INSTANCE_LABEL, engine.instance())).exec();
        assertThatThrownBy(() -> new BaseImage(engine).id(image, out)).isInstanceOf(UserError.class);
        assertThat(containers()).hasSize(1);
        docker().removeContainerCmd(containers().getFirst().getId()).exec();
    }

    @Test
    void anInterruptEndsItAndLeavesNothing() throws Exception {
        Debootstrap debootstrap = new Debootstrap(engine, HostAuthorities.ofThisHost());
        AtomicInteger interrupted = new AtomicInteger();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                debootstrap.make(SUITE, image, out);
            } catch (InterruptedException expected) {
                interrupted.incrementAndGet();
            } catch (Exception other) {
                out.warn(other.toString());
            }
        });
        await().atMost(PATIENCE).until(() -> out.text().contains("Resolving dependencies") || !caller.isAlive());
        String empty = containers().getFirst().getImageId();
        caller.interrupt();
        assertThat(caller.join(PATIENCE)).isTrue();
        assertThat(interrupted).as(out.text()).hasValue(1);
        assertThat(containers()).isEmpty();
        assertThatThrownBy(() -> docker().inspectImageCmd(empty).exec()).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> docker().inspectImageCmd(image).exec()).isInstanceOf(NotFoundException.class);
    }

    @Test
    void aRegistryThatSaysNothingIsNotWaitedForForever() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            String name = "127.0.0.1:" + silent.getLocalPort() + "/silent:1";
            assertThatThrownBy(() -> new BaseImage(engine, new Debootstrap(engine, HostAuthorities.ofThisHost()), Duration.ofSeconds(1)).id(name, out))
                    .isInstanceOf(UserError.class).hasMessageContainingAll(name, "the registry sent nothing for 1 seconds", "docker load");
        }
    }

    @Test
    void anImageThatIsNotDebiansIsNotMadeAndTheReasonOfTheRegistryIsSaid() {
        assertThatThrownBy(() -> new BaseImage(engine).id("127.0.0.1:1/nothing", out)).isInstanceOf(UserError.class)
                .hasMessageContainingAll("The image 127.0.0.1:1/nothing:latest is not on the server and cannot be fetched: ", "connection refused",
                        "docker pull 127.0.0.1:1/nothing:latest");
        assertThat(out.lines()).containsExactly("-----> Fetching the image 127.0.0.1:1/nothing:latest");
    }

    private BaseImage base(BaseImage.Maker maker) {
        return new BaseImage(engine, maker, PATIENCE);
    }

    private static FutureTask<String> begin(Callable<String> work) throws InterruptedException, ExecutionException {
        FutureTask<String> task = new FutureTask<>(work);
        Thread.ofVirtual().start(task);
        return task;
    }

    private String run(String id, String script) throws Exception {
        String container = docker().createContainerCmd(id).withCmd("bash", "-c", script).withStdinOpen(true).withStdInOnce(true)
                .withLabels(Map.of(Engine.INSTANCE_LABEL, engine.instance())).exec().getId();
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try {
            assertThat(engine.run(container, Attachment.of(InputStream.nullInputStream(), said, said, Optional.empty()))).isZero();
        } finally {
            docker().removeContainerCmd(container).withForce(true).exec();
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    private void makeCertificate(Path file) throws Exception {
        Path keys = folder.resolve("keys");
        keytool("-genkeypair", "-alias", "ca", "-dname", "CN=Company " + letters, "-ext", "bc:c", "-keyalg", "EC", "-keystore", keys.toString());
        keytool("-exportcert", "-rfc", "-alias", "ca", "-file", file.toString(), "-keystore", keys.toString());
    }

    private static void keytool(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("-storepass", "changeit"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private DockerClient docker() {
        return engine.client();
    }
}
