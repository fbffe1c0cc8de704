package hokku.containers;

import hokku.api.Check;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// One GET over a connection of its own.
///
/// The JDK's clients do not let a check send a `Host` header of its choice, which apps that heed it need.
final class HttpProbe {
    private static final int MAX_BODY = 1024 * 1024;
    private static final int MAX_LINE = 16 * 1024;

    private final Check.Http check;

    HttpProbe(Check.Http check) {
        this.check = check;
    }

    /// @param timeout in milliseconds, for each step
    /// @throws IOException when the answer is not what the check asks for, with the reason
    void probe(InetSocketAddress at, int timeout) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(timeout);
            socket.connect(at, timeout);
            socket.getOutputStream().write(request(at).getBytes(StandardCharsets.UTF_8));
            InputStream in = new BufferedInputStream(socket.getInputStream());
            String[] status = line(in).split(" ", 3);
            if (status.length < 2 || !status[0].startsWith("HTTP/") || !status[1].matches("[0-9]{3}")) {
                throw new IOException("GET " + check.path() + " was not answered with HTTP");
            }
            if (Integer.parseInt(status[1]) >= 400) {
                throw new IOException("GET " + check.path() + " was answered with status " + status[1]);
            }
            boolean chunked = false;
            for (String header = line(in); !header.isEmpty(); header = line(in)) {
                chunked |= header.toLowerCase(java.util.Locale.ROOT).matches("transfer-encoding:.*chunked.*");
            }
            if (!check.content().isEmpty() && !body(in, chunked).contains(check.content())) {
                throw new IOException("the answer to GET " + check.path() + " does not contain the expected content");
            }
        }
    }

    private String request(InetSocketAddress at) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("Host", at.getHostString() + ":" + at.getPort());
        headers.put("User-Agent", "hokku-check");
        headers.put("Accept", "*/*");
        headers.putAll(check.headers());
        headers.put("Connection", "close");
        StringBuilder request = new StringBuilder("GET ").append(check.path().isEmpty() ? "/" : check.path())
                .append(" HTTP/1.1\r\n");
        headers.forEach((name, value) -> request.append(line(name)).append(": ").append(line(value)).append("\r\n"));
        return request.append("\r\n").toString();
    }

    private static String line(String text) {
        return text.replaceAll("[\\r\\n]", " ");
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0 || line.size() > MAX_LINE) {
                throw new EOFException("the connection was closed without an answer");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    private static String body(InputStream in, boolean chunked) throws IOException {
        if (!chunked) {
            return new String(in.readNBytes(MAX_BODY), StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (body.size() < MAX_BODY) {
            int size = size(line(in));
            if (size == 0) {
                break;
            }
            body.write(in.readNBytes(Math.min(size, MAX_BODY)));
            line(in);
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    private static int size(String chunk) throws IOException {
        try {
            return Integer.parseInt(chunk.split(";", 2)[0].strip(), 16);
        } catch (NumberFormatException e) {
            throw new IOException("the answer has a chunk without a size", e);
        }
    }
}
