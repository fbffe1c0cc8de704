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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// A registry of somebody else's, at a port of this machine, where engines accept http.
final class RealRegistry implements AutoCloseable {
    static final String IMAGE = "registry:2";
    static final String USER = "somebody";
    static final String PASSWORD = "a password with \" and ü";

    private final Engine engine;
    private final String container;
    private final int port;

    private RealRegistry(Engine engine, String container, int port) {
        this.engine = engine;
        this.container = container;
        this.port = port;
    }

    static RealRegistry start(Engine engine, boolean login) throws IOException {
        int port = FreePort.find();
        List<String> env = new ArrayList<>();
        if (login) {
            env.addAll(List.of("REGISTRY_AUTH=htpasswd", "REGISTRY_AUTH_HTPASSWD_REALM=test", "REGISTRY_AUTH_HTPASSWD_PATH=/htpasswd"));
        }
        String container = engine.client().createContainerCmd(IMAGE).withLabels(Map.of(Engine.INSTANCE_LABEL, engine.instance())).withEnv(env)
                .withExposedPorts(ExposedPort.tcp(5000))
                .withHostConfig(HostConfig.newHostConfig().withPortBindings(PortBinding.parse("127.0.0.1:" + port + ":5000"))).exec().getId();
        byte[] users = Htpasswd.line(USER, PASSWORD).getBytes(StandardCharsets.UTF_8);
        engine.client().copyArchiveToContainerCmd(container).withTarInputStream(FilesArchive.of(Map.of("/htpasswd", users))).withRemotePath("/").exec();
        engine.client().startContainerCmd(container).exec();
        RealRegistry registry = new RealRegistry(engine, container, port);
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> registry.ask("GET", "/v2/").statusCode() == 200);
        return registry;
    }

    RegistryServer server() {
        return RegistryServer.of("127.0.0.1:" + port);
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
            return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).header("Authorization", "Basic " + basic)
                    .header("Accept", "application/vnd.docker.distribution.manifest.v2+json").timeout(Duration.ofSeconds(10))
                    .method(method, HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    void kill() {
        engine.client().killContainerCmd(container).exec();
    }

    @Override
    public void close() {
        engine.client().removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec();
        assertThat(engine.client().listContainersCmd().withShowAll(true).withIdFilter(List.of(container)).exec()).isEmpty();
    }
}
