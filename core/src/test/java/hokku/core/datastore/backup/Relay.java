package hokku.core.datastore.backup;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Stands between a client and a server, and gives them the faults that a network has.
final class Relay implements AutoCloseable {
    /// What happens to a connection with a request.
    enum Fault {
        /// It is closed before the server hears of the request.
        REFUSE,
        /// It is closed in the middle of the request.
        LOSE_REQUEST,
        /// It is closed in the middle of the answer.
        LOSE_ANSWER,
        /// Nothing comes back.
        STALL
    }

    private static final int MIDDLE = 300;

    private final ServerSocket server;
    private final int port;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger left = new AtomicInteger();
    private final AtomicInteger before = new AtomicInteger();
    private volatile Fault fault = Fault.REFUSE;

    /// @param port of the server, on this machine
    Relay(int port) throws IOException {
        this.port = port;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("relay").start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /// So many requests fail, after some that do not.
    void fail(Fault how, int after, int times) {
        fault = how;
        before.set(after);
        left.set(times);
    }

    /// Whether all that were to fail did.
    boolean failed() {
        return left.get() <= 0;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                open.add(client);
                Thread.ofVirtual().name("relay").start(() -> serve(client));
            }
        } catch (IOException closed) {
            // The end of the test.
        }
    }

    private boolean fails() {
        return before.getAndDecrement() <= 0 && left.getAndDecrement() > 0;
    }

    private void serve(Socket client) {
        try (client; Socket to = new Socket(InetAddress.getLoopbackAddress(), port)) {
            open.add(to);
            Passage passage = new Passage(client, to);
            Thread up = Thread.ofVirtual().start(passage::up);
            passage.down();
            up.join();
        } catch (IOException | InterruptedException ended) {
            // A connection that ends is what this is about.
        }
    }

    /// One connection, over which several requests may go.
    private final class Passage {
        private final Socket client;
        private final Socket to;
        private volatile boolean answered = true;
        private volatile boolean failing;

        private Passage(Socket client, Socket to) {
            this.client = client;
            this.to = to;
        }

        private void up() {
            byte[] bytes = new byte[8192];
            int passed = 0;
            try {
                for (int count = client.getInputStream().read(bytes); count >= 0; count = client.getInputStream().read(bytes)) {
                    if (answered) {
                        answered = false;
                        passed = 0;
                        failing = fails();
                    }
                    if (failing && (fault == Fault.REFUSE || fault == Fault.LOSE_REQUEST && passed + count > MIDDLE)) {
                        break;
                    }
                    to.getOutputStream().write(bytes, 0, count);
                    passed += count;
                }
            } catch (IOException ended) {
                // As below.
            }
            close(client);
            close(to);
        }

        private void down() {
            byte[] bytes = new byte[8192];
            try {
                for (int count = to.getInputStream().read(bytes); count >= 0; count = to.getInputStream().read(bytes)) {
                    answered = true;
                    if (failing && fault == Fault.LOSE_ANSWER) {
                        client.getOutputStream().write(bytes, 0, Math.min(count, MIDDLE));
                        break;
                    }
                    if (!failing || fault != Fault.STALL) {
                        client.getOutputStream().write(bytes, 0, count);
                    }
                }
            } catch (IOException ended) {
                // As below.
            }
            close(client);
            close(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException closed) {
            // Then it is.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        open.forEach(Relay::close);
    }
}
