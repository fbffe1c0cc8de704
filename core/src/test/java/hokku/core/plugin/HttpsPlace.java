package hokku.core.plugin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A place that files are fetched from by https, whose certificate is from an authority of its own.
public final class HttpsPlace implements AutoCloseable {
    private static final String PASSWORD = "changeit";

    private final HttpsServer server;
    private final Path certificate;
    private final Map<String, HttpHandler> handlers = new ConcurrentHashMap<>();

    private HttpsPlace(HttpsServer server, Path certificate) {
        this.server = server;
        this.certificate = certificate;
        server.createContext("/", exchange -> {
            try (exchange) {
                handlers.getOrDefault(exchange.getRequestURI().getPath(), HttpsPlace::nothing).handle(exchange);
            }
        });
    }

    private static void nothing(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(404, -1);
    }

    public static HttpsPlace open(Path folder) throws Exception {
        Path keys = folder.resolve("keys.p12");
        Path certificate = folder.resolve("authority.crt");
        keytool("-genkeypair", "-alias", "place", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "SAN=dns:localhost",
                "-ext", "BC=ca:true", "-keystore", keys.toString(), "-storepass", PASSWORD);
        keytool("-exportcert", "-rfc", "-alias", "place", "-keystore", keys.toString(), "-storepass", PASSWORD, "-file", certificate.toString());
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress("localhost", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return new HttpsPlace(server, certificate);
    }

    private static void keytool(String... words) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(words));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IllegalStateException(said);
        }
    }

    /// The certificate of its authority, in PEM.
    Path certificate() {
        return certificate;
    }

    /// Fetches from here.
    public Download download() {
        return new Download(certificate, Duration.ofSeconds(10), 1 << 20);
    }

    public URI address(String path) {
        return URI.create("https://localhost:" + server.getAddress().getPort() + path);
    }

    public void answer(String path, HttpHandler handler) {
        handlers.put(path, handler);
    }

    public void serve(String path, byte[] content) {
        answer(path, exchange -> send(exchange, content));
    }

    public void redirect(String path, String location) {
        answer(path, exchange -> {
            exchange.getResponseHeaders().set("Location", location);
            exchange.sendResponseHeaders(302, -1);
        });
    }

    private static void send(HttpExchange exchange, byte[] content) throws IOException {
        exchange.sendResponseHeaders(200, content.length);
        exchange.getResponseBody().write(content);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
