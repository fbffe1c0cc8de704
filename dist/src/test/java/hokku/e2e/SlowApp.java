package hokku.e2e;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// An app that makes redeploys hard: it boots for three seconds, answers after two, echoes on WebSockets, and ends at once on SIGTERM.
///
/// It runs in a container, with nothing but the packed Java runtime.
public final class SlowApp {
    private static final long BOOT_MILLIS = 3000;
    private static final long ANSWER_MILLIS = 2000;
    private static final int BACKLOG = 1024;
    private static final int CLOSE_FRAME = 8;
    private static final String WEB_SOCKET_SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private SlowApp() {}

    public static void main(String[] arguments) throws Exception {
        Thread.sleep(BOOT_MILLIS);
        try (ServerSocket listening = new ServerSocket(Integer.parseInt(System.getenv("PORT")), BACKLOG)) {
            while (true) {
                Socket connection = listening.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            }
        }
    }

    private static void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(new BufferedInputStream(connection.getInputStream()));
            OutputStream out = connection.getOutputStream();
            for (Map<String, String> request = request(in); !request.isEmpty(); request = request(in)) {
                if (request.containsKey("sec-websocket-key")) {
                    echo(request.get("sec-websocket-key"), in, out);
                    return;
                }
                Thread.sleep(ANSWER_MILLIS);
                byte[] page = System.getenv().getOrDefault("PAGE", "slow").getBytes(StandardCharsets.UTF_8);
                out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + page.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                out.write(page);
            }
        } catch (IOException gone) {
            // The client has what it wanted.
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /// The fields of a request's head; empty when no more requests come.
    private static Map<String, String> request(InputStream in) throws IOException {
        Map<String, String> fields = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            fields.put(line.substring(0, Math.max(colon, 0)).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        return fields;
    }

    static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int each = in.read(); each >= 0 && each != '\n'; each = in.read()) {
            if (each != '\r') {
                line.append((char) each);
            }
        }
        return line.toString();
    }

    private static void echo(String key, DataInputStream in, OutputStream out) throws IOException {
        out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accepted(key)
                + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        while (true) {
            int kind = in.readUnsignedByte() & 0xf;
            byte[] masked = new byte[in.readUnsignedByte() & 0x7f];
            byte[] mask = in.readNBytes(4);
            in.readFully(masked);
            if (kind == CLOSE_FRAME) {
                return;
            }
            byte[] frame = new byte[masked.length + 2];
            frame[0] = (byte) 0x81;
            frame[1] = (byte) masked.length;
            for (int i = 0; i < masked.length; i++) {
                frame[i + 2] = (byte) (masked[i] ^ mask[i % 4]);
            }
            out.write(frame);
        }
    }

    static String accepted(String key) {
        try {
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1")
                    .digest((key + WEB_SOCKET_SALT).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
