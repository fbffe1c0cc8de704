package hokku.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Image;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Env;
import hokku.api.Global;
import hokku.api.HostAuthorities;
import hokku.api.Identity;
import hokku.api.Source;
import hokku.api.UserError;
import hokku.core.docker.DockerEngine;
import hokku.core.state.JsonText;
import hokku.testkit.BridgeAddress;
import hokku.testkit.FakeSourceTree;
import hokku.testkit.RecordingOutput;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server with a certificate of an authority that no image knows, and builds that ask it.
class TrustingBasesIT {
    private static final String PASSWORD = "changeit";

    @TempDir
    private Path folder;
    private final String unique = UUID.randomUUID().toString();
    private final App app = App.create(AppName.of("trusting"), AppId.random(), Instant.EPOCH, Global.EMPTY);
    private DockerEngine engine;
    private HttpsServer server;
    private CachedLayers layers;
    private TrustingBases bases;
    private int number;

    @BeforeEach
    void startServer() throws Exception {
        engine = new DockerEngine(URI.create("unix:///var/run/docker.sock"), "test-" + unique);
        layers = new CachedLayers(engine, Files.createDirectory(folder.resolve("layers")),
                new UnfinishedBuilds(engine, folder.resolve("layers"), ProcessHandle.current()));
        String gateway = BridgeAddress.of(docker().inspectNetworkCmd().withNetworkId("bridge").exec().getOptions().get("com.docker.network.bridge.name"));
        Path authorities = Files.createDirectory(folder.resolve("authorities"));
        makeCertificates(gateway, authorities.resolve("company.crt"));
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getByName(gateway), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls()));
        server.createContext("/", exchange -> {
            byte[] answer = ("hello from the company " + unique).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        bases = new TrustingBases(engine, new HostAuthorities(authorities, Path.of("/etc/ssl/certs/ca-certificates.crt")), folder.resolve("used"));
    }

    @AfterEach
    void stopServer() throws Exception {
        server.stop(0);
        layers.forget(app.id());
        for (String repository : List.of("hokku-" + engine.instance() + "/*", "hokku-" + engine.instance() + "-authorities/*")) {
            for (String name : names(repository)) {
                docker().removeImageCmd(name).exec();
            }
        }
        assertThat(docker().listContainersCmd().withShowAll(true).withLabelFilter(List.of("hokku.instance=" + engine.instance())).exec()).isEmpty();
        engine.close();
    }

    private List<String> names(String repository) {
        return docker().listImagesCmd().withReferenceFilter(repository).exec().stream().map(Image::getRepoTags).flatMap(Arrays::stream).toList();
    }

    private void makeCertificates(String address, Path authority) throws Exception {
        keytool("-genkeypair", "-alias", "ca", "-dname", "CN=Company " + unique, "-ext", "bc:c", "-keyalg", "EC");
        keytool("-genkeypair", "-alias", "server", "-dname", "CN=" + address, "-keyalg", "EC", "-signer", "ca", "-ext", "SAN=ip:" + address);
        keytool("-exportcert", "-rfc", "-alias", "ca", "-file", authority.toString());
    }

    private void keytool(String... words) throws Exception {
        Process process = new ProcessBuilder(Stream.concat(Stream.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()),
                Stream.concat(Arrays.stream(words), Stream.of("-keystore", folder.resolve("keys").toString(), "-storepass", PASSWORD))).toList())
                .redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private SSLContext tls() throws Exception {
        KeyStore keys = KeyStore.getInstance(folder.resolve("keys").toFile(), PASSWORD.toCharArray());
        keys.deleteEntry("ca");
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatRunsInABuildTrustsWhatTheHostTrusts(boolean buildKit) throws Exception {
        String fetch = "RUN /usr/lib/apt/apt-helper -o Acquire::Retries=0 download-file https://" + server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort() + "/x /x && cat /x";
        Source source = source("ARG SUITE=bookworm", "FROM debian:${SUITE}-slim AS build", "ARG SUITE", fetch, "FROM build", "CMD [\"true\"]");
        assertThatThrownBy(() -> builder(build(buildKit)).build(source, new RecordingOutput())).isInstanceOf(UserError.class)
                .hasMessageContaining("failed with exit code");
        RecordingOutput out = new RecordingOutput();
        builder(bases.under(build(buildKit))).build(source, out);
        assertThat(out.text()).contains("hello from the company " + unique, "Adding the certificate authorities of the host to debian:bookworm-slim",
                "FROM debian:bookworm-slim").doesNotContain("-authorities/");
        RecordingOutput second = new RecordingOutput();
        builder(bases.under(build(buildKit))).build(source, second);
        assertThat(second.text()).doesNotContain("Adding the certificate", "hello from the company");
    }

    @Test
    void anImageThatTrustsNobodyTrustsWhatTheHostDoesAndKeepsWhatItIs() throws Exception {
        Source source = source("FROM busybox", "RUN grep -c BEGIN /etc/ssl/certs/ca-certificates.crt; cat /usr/local/share/ca-certificates/company.crt",
                "RUN echo $NODE_EXTRA_CA_CERTS");
        RecordingOutput out = new RecordingOutput();
        String id = builder(bases.under(build(false))).build(source, out).id();
        assertThat(out.text()).contains(Files.readString(folder.resolve("authorities/company.crt")).lines().skip(1).findFirst().orElseThrow(),
                "/etc/ssl/certs/ca-certificates.crt");
        assertThat(docker().inspectImageCmd(id).exec().getConfig().getCmd())
                .isEqualTo(docker().inspectImageCmd("busybox").exec().getConfig().getCmd());
    }

    @Test
    void variantsThatWereNotUsedForLongAreRemoved() throws Exception {
        builder(bases.under(build(false))).build(source("FROM busybox", "RUN echo " + unique), new RecordingOutput());
        String variants = "hokku-" + engine.instance() + "-authorities/base";
        bases.removeUnused(Instant.now());
        assertThat(names(variants)).hasSize(1);
        bases.removeUnused(Instant.now().plus(Duration.ofDays(15)));
        assertThat(names(variants)).isEmpty();
        try (Stream<Path> used = Files.list(folder.resolve("used"))) {
            assertThat(used).isEmpty();
        }
    }

    private ImageBuild build(boolean buildKit) {
        return buildKit ? new BuildKitBuild(Buildx.ofThisServer(), layers, new JsonText()) : new ClassicBuild(engine, layers);
    }

    private DockerfileBuilder builder(ImageBuild build) {
        return new DockerfileBuilder(engine, known -> build, layers);
    }

    private Source source(String... lines) throws IOException {
        FakeSourceTree tree = FakeSourceTree.EMPTY.with("Dockerfile", String.join("\n", lines) + "\n# " + unique + "\n");
        return new Source(app, ++number, "c".repeat(40), tree, Env.EMPTY, Identity.SERVER, Instant.EPOCH);
    }

    private DockerClient docker() {
        return engine.client();
    }
}
