package hokku.core.docker;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One HTTP exchange with the engine over a socket of its own, which may turn into a raw stream in both directions.
///
/// The client library never passes on the end of an input; this does, by closing one half of the connection. One thread may read
/// while another one writes. An interrupt closes the socket.
final class EngineConnection implements Closeable {
    private static final int BUFFER = 64 * 1024;
    private static final int MAX_HEAD = 32 * 1024;

    private final Wire wire;
    private final ByteBuffer received = ByteBuffer.allocateDirect(BUFFER).flip();
    private Map<String, String> headers = Map.of();

    EngineConnection(Wire wire) {
        this.wire = wire;
    }

    /// Sends a request and reads the head of the answer.
    ///
    /// @return the status
    int request(String method, String path) throws IOException {
        return exchange(method + " " + path + " HTTP/1.1\r\nHost: docker\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    }

    /// Asks the engine to turn the connection into a raw stream.
    ///
    /// @return the status: 101 or 200 when it did
    int upgrade(String path, String json) throws IOException {
        int length = json.getBytes(StandardCharsets.UTF_8).length;
        return exchange("POST " + path + " HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
                + "Content-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n" + json);
    }

    private int exchange(String request) throws IOException {
        String status = answer(request);
        TreeMap<String, String> read = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                read.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
            }
        }
        headers = read;
        String[] words = status.split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/") || !words[1].matches("[0-9]{3}")) {
            throw new IOException("the engine's answer is no HTTP");
        }
        return Integer.parseInt(words[1]);
    }

    /// An engine that refuses a connection says why before it closes it, which is seen only by who reads.
    private String answer(String request) throws IOException {
        Optional<IOException> unsent = Optional.empty();
        try {
            write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            unsent = Optional.of(e);
        }
        try {
            return line();
        } catch (IOException e) {
            unsent.ifPresent(e::addSuppressed);
            throw e;
        }
    }

    /// The rest of the answer to [#request], once it is complete.
    String body() throws IOException {
        boolean chunked = "chunked".equalsIgnoreCase(headers.getOrDefault("transfer-encoding", ""));
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (chunked) {
            for (int size = chunk(); size > 0; size = chunk()) {
                copy(body, size);
                line();
            }
        } else if (headers.containsKey("content-length")) {
            copy(body, Integer.parseInt(headers.get("content-length")));
        } else {
            while (fill()) {
                copy(body, received.remaining());
            }
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    private int chunk() throws IOException {
        String size = line();
        int semicolon = size.indexOf(';');
        return Integer.parseInt((semicolon < 0 ? size : size.substring(0, semicolon)).strip(), 16);
    }

    private void copy(ByteArrayOutputStream to, int count) throws IOException {
        byte[] bytes = new byte[count];
        readFully(bytes, count);
        to.write(bytes);
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            if (!fill()) {
                throw new EOFException("the engine closed the connection");
            }
            byte next = received.get();
            if (next == '\n') {
                String text = line.toString(StandardCharsets.UTF_8);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            line.write(next);
            if (line.size() > MAX_HEAD) {
                throw new IOException("the engine's answer has an endless line");
            }
        }
    }

    /// Makes sure that something was received.
    ///
    /// @return false at the end
    private boolean fill() throws IOException {
        if (received.hasRemaining()) {
            return true;
        }
        received.clear();
        int count = wire.read(received);
        received.flip();
        return count > 0;
    }

    /// @return how many bytes were read, -1 at the end
    int read(byte[] into) throws IOException {
        if (!fill()) {
            return -1;
        }
        int count = Math.min(into.length, received.remaining());
        received.get(into, 0, count);
        return count;
    }

    /// @return false when the stream ended before the first byte
    boolean readFully(byte[] into, int count) throws IOException {
        int done = 0;
        while (done < count) {
            if (!fill()) {
                if (done == 0) {
                    return false;
                }
                throw new EOFException("the engine closed the connection in the middle of a frame");
            }
            int step = Math.min(count - done, received.remaining());
            received.get(into, done, step);
            done += step;
        }
        return true;
    }

    void write(ByteBuffer bytes) throws IOException {
        wire.write(bytes);
    }

    /// Tells the other side that its input is complete; its output still arrives.
    void endInput() throws IOException {
        wire.endOutput();
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
