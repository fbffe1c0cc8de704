package hokku.core.docker;

import hokku.api.EngineAddress;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// The engine of this machine behind TLS that takes only clients with a certificate, on a port of its own.
final class TlsRelay implements AutoCloseable {
    private final SSLContext context;
    private final ServerSocket server;
    private final List<Socket> raw = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();

    /// @param engine a folder of certificates as the engine has it
    TlsRelay(Path engine) throws Exception {
        context = TestCertificates.context(engine);
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
    }

    String host() {
        return "tcp://127.0.0.1:" + server.getLocalPort();
    }

    EngineAddress address(Path certificates) {
        return EngineAddress.of(host()).withCertificates(certificates);
    }

    /// Cuts all connections, as somebody on the way can: TLS does not say that they end.
    void cut() {
        raw.forEach(TlsRelay::end);
    }

    /// How many connections are open.
    int open() {
        return open.get();
    }

    private void serve() {
        try {
            while (true) {
                Socket accepted = server.accept();
                Thread.ofVirtual().start(() -> serve(accepted));
            }
        } catch (IOException closed) {
            // By the test.
        }
    }

    private SSLSocket secured(Socket accepted) throws IOException {
        SSLSocket client = (SSLSocket) context.getSocketFactory().createSocket(accepted, InputStream.nullInputStream(), true);
        client.setUseClientMode(false);
        client.setNeedClientAuth(true);
        // By 1.2 this side would end both directions when the client ends one; an engine does not.
        client.setEnabledProtocols(new String[]{"TLSv1.3"});
        return client;
    }

    private void serve(Socket accepted) {
        raw.add(accepted);
        open.incrementAndGet();
        try (SSLSocket client = secured(accepted); SocketChannel real = SocketChannel.open(UnixDomainSocketAddress.of("/var/run/docker.sock"))) {
            Thread back = Thread.ofVirtual().start(() -> {
                try {
                    pump(Channels.newInputStream(real), client.getOutputStream());
                    client.shutdownOutput();
                } catch (IOException e) {
                    end(client);
                }
            });
            try {
                pump(client.getInputStream(), Channels.newOutputStream(real));
                real.shutdownOutput();
            } catch (IOException e) {
                end(real);
            }
            back.join();
        } catch (IOException | InterruptedException e) {
            end(accepted);
        } finally {
            open.decrementAndGet();
            raw.remove(accepted);
        }
    }

    private static void pump(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[8192];
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
            to.write(buffer, 0, count);
            to.flush();
        }
    }

    private static void end(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }
}
