package hokku.swarm.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A way to a registry that breaks or becomes slow after so many bytes.
final class WeakRelay implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;
    private static final int SLOW_MILLIS = 20;

    private final int target;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
    private volatile boolean breaks;
    private volatile boolean broken;
    private volatile boolean slow;
    private volatile CountDownLatch mended = new CountDownLatch(0);

    WeakRelay(int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket();
        // What the system keeps on the way does not hide how slow it is.
        server.setReceiveBufferSize(BUFFER);
        server.bind(new InetSocketAddress("127.0.0.1", 0));
        Thread.ofVirtual().start(this::serve);
    }

    int port() {
        return server.getLocalPort();
    }

    void breakAfter(long bytes) {
        breaks = true;
        left.set(bytes);
    }

    void slowAfter(long bytes) {
        mended = new CountDownLatch(1);
        left.set(bytes);
    }

    boolean isSlow() {
        return slow;
    }

    void mend() {
        left.set(Long.MAX_VALUE);
        breaks = false;
        broken = false;
        mended.countDown();
    }

    /// How many connections from the engine there are.
    int open() {
        return open.size();
    }

    private void serve() {
        try {
            while (true) {
                Socket client = server.accept();
                if (broken) {
                    client.close();
                    continue;
                }
                Socket registry = new Socket("127.0.0.1", target);
                open.add(client);
                Thread.ofVirtual().start(() -> pump(client, registry, true));
                Thread.ofVirtual().start(() -> pump(registry, client, false));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void pump(Socket from, Socket to, boolean counted) {
        byte[] chunk = new byte[8192];
        try (from; to; InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                if (counted && left.addAndGet(-count) < 0) {
                    weaken(from);
                }
                out.write(chunk, 0, count);
                out.flush();
            }
        } catch (IOException | InterruptedException gone) {
            // The other direction ends then as well.
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private void weaken(Socket from) throws IOException, InterruptedException {
        if (breaks) {
            broken = true;
            for (Socket each : open) {
                each.close();
            }
            throw new IOException("broken by the test");
        }
        slow = true;
        // Little by little: the engine looks whether it is to go on whenever it has sent something.
        mended.await(SLOW_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket each : open) {
            each.close();
        }
    }
}
