package hokku.core.ssh;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/// The other end of [FrontDoor], as `bin/openssh-session` is it. Used by one thread.
final class FrontClient implements AutoCloseable {
    private final SocketChannel channel;
    private final DataInputStream in;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private int allowed = FrontInput.WINDOW;

    FrontClient(Path socket) throws IOException {
        this.channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        this.in = new DataInputStream(Channels.newInputStream(channel));
    }

    static FrontClient asking(Path socket, String fingerprint, String line) throws IOException {
        FrontClient client = new FrontClient(socket);
        client.send('S', String.join("\0", fingerprint, "", "", "", line));
        return client;
    }

    void send(char type, String payload) throws IOException {
        send(type, payload.getBytes(StandardCharsets.UTF_8));
    }

    void send(char type, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(5 + payload.length).put((byte) type).putInt(payload.length).put(payload).flip();
        while (frame.hasRemaining()) {
            channel.write(frame);
        }
    }

    /// Sends input as the server allows it, and its end.
    void sendInput(byte[] input, int part) throws IOException {
        for (int at = 0; at < input.length;) {
            while (allowed == 0) {
                receive();
            }
            int count = Math.min(Math.min(part, allowed), input.length - at);
            send('I', Arrays.copyOfRange(input, at, at + count));
            allowed -= count;
            at += count;
        }
        send('E', "");
    }

    /// Waits for the exit code; -1 when the server hangs up without one.
    int end() throws IOException {
        try {
            while (true) {
                int code = receive();
                if (code >= 0) {
                    return code;
                }
            }
        } catch (EOFException hungUp) {
            return -1;
        }
    }

    /// Takes one frame; -1 unless it was the exit code.
    int receive() throws IOException {
        char type = (char) in.readByte();
        byte[] payload = in.readNBytes(in.readInt());
        switch (type) {
            case 'O' -> out.write(payload);
            case 'R' -> err.write(payload);
            case 'C' -> allowed += Integer.parseInt(new String(payload, StandardCharsets.UTF_8));
            case 'X' -> {
                return Integer.parseInt(new String(payload, StandardCharsets.UTF_8));
            }
            default -> throw new IOException("a frame of type " + type);
        }
        return -1;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
