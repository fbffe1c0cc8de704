package hokku.nginx;

import hokku.api.Endpoint;
import hokku.api.ProcessType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/// Stands for a container on a lost machine: who connects to it hears nothing at all.
final class DeafContainer implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 200;

    private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    private final List<Socket> waiting = new ArrayList<>();

    /// Fills the queue of connections that nobody takes: the system does not answer any more after that.
    DeafContainer() throws IOException {
        while (true) {
            Socket socket = new Socket();
            waiting.add(socket);
            try {
                socket.connect(listening.getLocalSocketAddress(), PATIENCE_MILLIS);
            } catch (SocketTimeoutException full) {
                return;
            }
        }
    }

    Endpoint endpoint() {
        return Endpoint.of(ProcessType.WEB, 2, 5000, "127.0.0.1", listening.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : waiting) {
            socket.close();
        }
        listening.close();
    }
}
