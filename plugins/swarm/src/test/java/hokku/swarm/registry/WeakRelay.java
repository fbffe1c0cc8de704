package hokku.swarm.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/// A way to a registry that breaks or hangs after so many bytes.
final class WeakRelay implements AutoCloseable {
    private final int target;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
    private volatile boolean breaks;
    private volatile boolean broken;
    private volatile boolean hangs;
    private volatile CountDownLatch mended = new CountDownLatch(0);

    WeakRelay(int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        Thread.ofVirtual().start(this::serve);
    }

    int port() {
        return server.getLocalPort();
    }

    void breakAfter(long bytes) {
        breaks = true;
        left.set(bytes);
    }

    void hangAfter(long bytes) {
        mended = new CountDownLatch(1);
        left.set(bytes);
    }

    boolean hangs() {
        return hangs;
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
        hangs = true;
        // Nothing is passed on, but the engine's leaving is noticed.
        while (mended.getCount() > 0) {
            if (from.getInputStream().read(new byte[8192]) < 0) {
                throw new IOException("the engine has left");
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket each : open) {
            each.close();
        }
    }
}
