package hokku.nginx;

import hokku.api.Endpoint;
import hokku.api.ProcessType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Stands for a container that switches protocols and then sends back what it gets.
final class WebSocketContainer implements AutoCloseable {
    private final ServerSocket server;
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();

    WebSocketContainer() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            open.clear();
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (!head.toString().endsWith("\r\n\r\n")) {
                head.append((char) in.read());
            }
            boolean upgraded = head.toString().toLowerCase(java.util.Locale.ROOT).contains("connection: upgrade\r\n");
            String answer = upgraded ? "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
                    : "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            in.transferTo(socket.getOutputStream());
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    Endpoint endpoint() {
        return Endpoint.of(ProcessType.WEB, 1, 5000, "127.0.0.1", server.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket each : open) {
            each.close();
        }
    }
}
