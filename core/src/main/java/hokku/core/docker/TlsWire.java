package hokku.core.docker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// Bytes by TLS, over the channel of a socket: unlike a plain socket it ends by an interrupt, on any thread.
///
/// The end of the output is TLS's own message for it, which the engine takes as the end of the input and goes on sending.
final class TlsWire implements Wire {
    private static final int BUFFER = 16 * 1024;

    private final SocketChannel channel;
    private final SSLSocket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] received = new byte[BUFFER];

    private TlsWire(SocketChannel channel, SSLSocket socket) throws IOException {
        this.channel = channel;
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    /// Returns when both sides have agreed; as of TLS 1.3 the engine's opinion of this side comes with the first answer.
    ///
    /// @param channel that is connected; left to the caller when this fails
    /// @param host the name or address that the engine's certificate must be for
    static TlsWire over(SocketChannel channel, SSLContext context, String host, int port, Duration patience) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(new UncutSocket(channel.socket()), host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        // The name of the check: JSSE makes none without it.
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.setSoTimeout((int) patience.toMillis());
        socket.startHandshake();
        socket.setSoTimeout(0);
        return new TlsWire(channel, socket);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int count = in.read(received, 0, Math.min(received.length, into.remaining()));
        if (count > 0) {
            into.put(received, 0, count);
        }
        return count;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        bytes.position(bytes.limit());
    }

    @Override
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /// Without a word: a writer that is stuck would keep one from being said.
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
