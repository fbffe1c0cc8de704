package hokku.e2e;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// A constant rate of requests, whatever the answers do: half on new connections, half on ones that stay open, and one WebSocket.
///
/// No request is repeated: each that is not answered with 200 has failed.
public final class Load implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;
    private static final Duration BETWEEN_MESSAGES = Duration.ofMillis(200);
    private static final String KEY = "AAAAAAAAAAAAAAAAAAAAAA==";

    private final Web web;
    private final String domain;
    private final int rate;
    private final Duration retirement;
    private final AtomicInteger onNew = new AtomicInteger();
    private final AtomicInteger onKept = new AtomicInteger();
    private final AtomicInteger messages = new AtomicInteger();
    private final AtomicInteger moves = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Queue<Connection> idle = new ConcurrentLinkedQueue<>();
    private final Phaser open = new Phaser(1);
    private volatile boolean ended;

    private Load(Web web, String domain, int rate, Duration retirement) {
        this.web = web;
        this.domain = domain;
        this.rate = rate;
        this.retirement = retirement;
    }

    /// @param rate requests in a second
    /// @param retirement how long a container that was replaced may go on with its WebSockets; cut sooner, one has failed
    public static Load start(Web web, String domain, int rate, Duration retirement) {
        Load load = new Load(web, domain, rate, retirement);
        load.spawn(load::pace);
        load.spawn(load::talk);
        return load;
    }

    /// What came of it.
    ///
    /// @param moves how often the WebSocket was opened anew, after its container had had its time
    public record Outcome(int onNewConnections, int onKeptConnections, int webSocketMessages, int moves, List<String> failures) {
        @Override
        public String toString() {
            return "%d requests on new connections, %d on kept ones, %d messages on one WebSocket (opened anew %d times); %d failed".formatted(
                    onNewConnections, onKeptConnections, webSocketMessages, moves, failures.size());
        }
    }

    /// Ends it when everything that was asked is answered.
    public Outcome end() {
        close();
        return new Outcome(onNew.get(), onKept.get(), messages.get(), moves.get(), List.copyOf(failures));
    }

    /// How much has been answered or has failed by now.
    public int count() {
        return onNew.get() + onKept.get() + failures.size();
    }

    @Override
    public void close() {
        ended = true;
        open.arriveAndAwaitAdvance();
        idle.forEach(Connection::close);
    }

    private void spawn(Runnable work) {
        open.register();
        Thread.ofVirtual().start(() -> {
            try {
                work.run();
            } finally {
                open.arriveAndDeregister();
            }
        });
    }

    private void pace() {
        long begin = System.nanoTime();
        for (long sent = 0; !ended; sent++) {
            long due = begin + sent * 1_000_000_000L / rate;
            LockSupport.parkNanos(due - System.nanoTime());
            spawn(sent % 2 == 0 ? this::onNewConnection : this::onKeptConnection);
        }
    }

    private void onNewConnection() {
        try (Connection connection = new Connection()) {
            connection.get("close");
            onNew.incrementAndGet();
        } catch (IOException failed) {
            failures.add("new connection: " + failed);
        }
    }

    private void onKeptConnection() {
        Connection kept = idle.poll();
        String which = kept == null ? "kept connection, its first request: " : "kept connection: ";
        try {
            Connection connection = kept == null ? new Connection() : kept;
            if (connection.get("keep-alive")) {
                idle.add(connection);
            } else {
                connection.close();
            }
            onKept.incrementAndGet();
        } catch (IOException failed) {
            failures.add(which + failed);
        }
    }

    /// Talks on a WebSocket, and opens it anew when it is cut.
    private void talk() {
        while (!ended) {
            long opened = System.nanoTime();
            try (Connection connection = new Connection()) {
                connection.upgrade();
                while (!ended) {
                    connection.say("message " + messages.get());
                    messages.incrementAndGet();
                    LockSupport.parkNanos(BETWEEN_MESSAGES.toNanos());
                }
            } catch (EOFException | SocketException cut) {
                Duration age = Duration.ofNanos(System.nanoTime() - opened);
                if (age.compareTo(retirement) < 0) {
                    failures.add("WebSocket: " + cut + " after " + age.toMillis() + " ms");
                } else {
                    moves.incrementAndGet();
                }
            } catch (IOException failed) {
                failures.add("WebSocket: " + failed);
            }
        }
    }

    private final class Connection implements AutoCloseable {
        private final Socket socket = new Socket();
        private final DataInputStream in;

        Connection() throws IOException {
            socket.connect(new InetSocketAddress(web.address(), web.port()), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        }

        private void write(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        }

        /// @return whether the connection stays open
        boolean get(String connection) throws IOException {
            write("GET / HTTP/1.1\r\nHost: " + domain + "\r\nConnection: " + connection + "\r\n\r\n");
            String status = SlowApp.line(in);
            int length = -1;
            boolean stays = true;
            for (String line = SlowApp.line(in); !line.isEmpty(); line = SlowApp.line(in)) {
                String field = line.toLowerCase(Locale.ROOT);
                if (field.startsWith("content-length:")) {
                    length = Integer.parseInt(field.substring(15).strip());
                }
                stays &= !field.equals("connection: close");
            }
            if (!status.startsWith("HTTP/1.1 200 ")) {
                throw new IOException(status.isEmpty() ? "closed without an answer" : status);
            }
            if (length < 0 || in.readNBytes(length).length < length) {
                throw new IOException("half an answer");
            }
            return stays;
        }

        void upgrade() throws IOException {
            write("GET / HTTP/1.1\r\nHost: " + domain + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: " + KEY + "\r\n\r\n");
            String status = SlowApp.line(in);
            boolean accepted = false;
            for (String line = SlowApp.line(in); !line.isEmpty(); line = SlowApp.line(in)) {
                accepted |= line.equalsIgnoreCase("Sec-WebSocket-Accept: " + SlowApp.accepted(KEY));
            }
            if (!status.startsWith("HTTP/1.1 101 ") || !accepted) {
                throw new IOException("no WebSocket: " + status);
            }
        }

        /// Says something, and waits for the echo. The mask is zero.
        void say(String text) throws IOException {
            byte[] message = text.getBytes(StandardCharsets.US_ASCII);
            byte[] frame = new byte[message.length + 6];
            frame[0] = (byte) 0x81;
            frame[1] = (byte) (0x80 | message.length);
            System.arraycopy(message, 0, frame, 6, message.length);
            socket.getOutputStream().write(frame);
            in.readUnsignedByte();
            byte[] echo = new byte[in.readUnsignedByte()];
            in.readFully(echo);
            if (!new String(echo, StandardCharsets.US_ASCII).equals(text)) {
                throw new IOException("another echo than what was said: " + new String(echo, StandardCharsets.US_ASCII));
            }
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException failed) {
                failures.add("closing: " + failed);
            }
        }
    }
}
