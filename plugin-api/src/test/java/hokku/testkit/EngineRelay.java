package hokku.testkit;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// An engine that comes and goes, while its containers live on: passes connections on to the real one, and breaks them when it
/// stops.
public final class EngineRelay implements AutoCloseable {
    private final Path socket;
    private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
    private ServerSocketChannel server;

    public EngineRelay(Path socket) throws IOException {
        this.socket = socket;
        start();
    }

    public URI host() {
        return URI.create("unix://" + socket);
    }

    public void start() throws IOException {
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(socket));
        server = listening;
        Thread.ofVirtual().start(() -> serve(listening));
    }

    public void stop() throws IOException {
        server.close();
        Files.deleteIfExists(socket);
        for (SocketChannel channel : open) {
            channel.close();
        }
        open.clear();
    }

    private void serve(ServerSocketChannel listening) {
        try {
            while (true) {
                SocketChannel client = listening.accept();
                SocketChannel real = SocketChannel.open(UnixDomainSocketAddress.of("/var/run/docker.sock"));
                open.add(client);
                open.add(real);
                Thread.ofVirtual().start(() -> pump(client, real));
                Thread.ofVirtual().start(() -> pump(real, client));
            }
        } catch (IOException e) {
            // Stopped by the test.
        }
    }

    private static void pump(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // The other direction ends then as well.
        }
    }

    @Override
    public void close() throws IOException {
        stop();
    }
}
