package hokku.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Check;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpProbeTest {
    private ServerSocket server;

    @BeforeEach
    void open() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    void aStatusBelow400Passes() throws Exception {
        CompletableFuture<String> request = answer("HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n");
        probe(new Check.Http("/health", "", Map.of("host", "hello.example.com"), OptionalInt.empty()));
        assertThat(request.get()).startsWith("GET /health HTTP/1.1\r\n").contains("Host: hello.example.com\r\n")
                .doesNotContain("127.0.0.1");
    }

    @Test
    void anErrorStatusFails() {
        answer("HTTP/1.1 503 Service Unavailable\r\n\r\n");
        assertThatThrownBy(() -> probe(http(""))).isInstanceOf(IOException.class).hasMessageContaining("status 503");
    }

    @Test
    void contentIsFoundAcrossChunks() throws Exception {
        answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n");
        probe(http("hello"));
    }

    @Test
    void missingContentFails() {
        answer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbye");
        assertThatThrownBy(() -> probe(http("hello"))).hasMessageContaining("does not contain");
    }

    @Test
    void aServerThatSpeaksNoHttpFails() {
        answer("220 smtp ready\r\n");
        assertThatThrownBy(() -> probe(http(""))).hasMessageContaining("not answered with HTTP");
    }

    private static Check.Http http(String content) {
        return new Check.Http("/", content, Map.of(), OptionalInt.empty());
    }

    private void probe(Check.Http check) throws IOException {
        new HttpProbe(check).probe(new InetSocketAddress("127.0.0.1", server.getLocalPort()), 5000);
    }

    private CompletableFuture<String> answer(String text) {
        CompletableFuture<String> request = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (Socket socket = server.accept()) {
                StringBuilder read = new StringBuilder();
                while (!read.toString().endsWith("\r\n\r\n")) {
                    read.append((char) socket.getInputStream().read());
                }
                socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
                request.complete(read.toString());
            } catch (IOException e) {
                request.completeExceptionally(e);
            }
        });
        return request;
    }
}
