package hokku.swarm.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import hokku.api.Engine;
import hokku.core.docker.FilesArchive;
import hokku.testkit.FreePort;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A registry of somebody else's, at a port of this machine, where engines accept http.
final class RealRegistry implements AutoCloseable {
    static final String IMAGE = "registry:2";
    static final String USER = "somebody";
    static final String PASSWORD = "a password with \" and ü";

    private static final String HERE = "127.0.0.1";

    private final Engine engine;
    private final String container;
    private final String host;
    private final int port;

    private RealRegistry(Engine engine, String container, String host, int port) {
        this.engine = engine;
        this.container = container;
        this.host = host;
        this.port = port;
    }

    static RealRegistry start(Engine engine, boolean login) throws IOException {
        RealRegistry registry = start(engine, HERE, login, Optional.empty());
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> registry.ask("GET", "/v2/").statusCode() == 200);
        return registry;
    }

    /// One that is reached where engines are strict.
    static RealRegistry strict(Engine engine, Optional<Authority.Signed> certificate) throws IOException {
        String host = address();
        RealRegistry registry = start(engine, host, false, certificate);
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
            try (Socket socket = new Socket(host, registry.port)) {
                return socket.isConnected();
            }
        });
        return registry;
    }

    /// One of this machine that other machines could reach.
    static String address() throws IOException {
        return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress()).findFirst().orElseThrow().getHostAddress();
    }

    private static RealRegistry start(Engine engine, String host, boolean login, Optional<Authority.Signed> certificate) throws IOException {
        int port = FreePort.find();
        List<String> env = new ArrayList<>();
        Map<String, byte[]> files = new HashMap<>(Map.of("/htpasswd", Htpasswd.line(USER, PASSWORD).getBytes(StandardCharsets.UTF_8)));
        certificate.ifPresent(signed -> {
            env.addAll(List.of("REGISTRY_HTTP_TLS_CERTIFICATE=/server.crt", "REGISTRY_HTTP_TLS_KEY=/server.key"));
            files.put("/server.crt", signed.certificate().getBytes(StandardCharsets.US_ASCII));
            files.put("/server.key", signed.key().getBytes(StandardCharsets.US_ASCII));
        });
        if (login) {
            env.addAll(List.of("REGISTRY_AUTH=htpasswd", "REGISTRY_AUTH_HTPASSWD_REALM=test", "REGISTRY_AUTH_HTPASSWD_PATH=/htpasswd"));
        }
        String container = engine.client().createContainerCmd(IMAGE).withLabels(Map.of(Engine.INSTANCE_LABEL, engine.instance())).withEnv(env)
                .withExposedPorts(ExposedPort.tcp(5000))
                .withHostConfig(HostConfig.newHostConfig().withPortBindings(PortBinding.parse(host + ":" + port + ":5000"))).exec().getId();
        engine.client().copyArchiveToContainerCmd(container).withTarInputStream(FilesArchive.of(files)).withRemotePath("/").exec();
        engine.client().startContainerCmd(container).exec();
        return new RealRegistry(engine, container, host, port);
    }

    RegistryServer server() {
        return RegistryServer.of(host + ":" + port);
    }

    Login login() {
        return new Login(server(), USER, PASSWORD);
    }

    boolean hasManifest(String repository, String reference) throws IOException, InterruptedException {
        return ask("HEAD", "/v2/" + repository + "/manifests/" + reference).statusCode() == 200;
    }

    private HttpResponse<String> ask(String method, String path) throws IOException, InterruptedException {
        String basic = Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + path)).header("Authorization", "Basic " + basic)
                    .header("Accept", "application/vnd.docker.distribution.manifest.v2+json").timeout(Duration.ofSeconds(10))
                    .method(method, HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        engine.client().removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec();
        assertThat(engine.client().listContainersCmd().withShowAll(true).withIdFilter(List.of(container)).exec()).isEmpty();
    }
}
