package hokku.nginx;

import com.sun.net.httpserver.HttpServer;
import hokku.api.Endpoint;
import hokku.api.ProcessType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// Stands for a container: answers each request with its text, and can be asked for what it got.
final class Container implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile long delayMillis;

    Container(String answer) {
        try {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 512);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            byte[] body = exchange.getRequestBody().readAllBytes();
            String text = switch (exchange.getRequestURI().getPath()) {
                case "/headers" -> exchange.getRequestHeaders().entrySet().stream()
                        .map(each -> each.getKey() + ": " + String.join(", ", each.getValue())).sorted().reduce("", (a, b) -> a + b + "\n");
                case "/echo" -> exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + new String(body, StandardCharsets.UTF_8);
                default -> answer;
            };
            pause();
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    Container slow(long millis) {
        delayMillis = millis;
        return this;
    }

    /// How many it got so far.
    int requests() {
        return requests.get();
    }

    private void pause() {
        java.util.concurrent.locks.LockSupport.parkNanos(delayMillis * 1_000_000);
    }

    Endpoint endpoint() {
        return Endpoint.of(ProcessType.WEB, 1, 5000, "127.0.0.1", server.getAddress().getPort());
    }

    /// Ends at once, like a container on SIGTERM.
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
