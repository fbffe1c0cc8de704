package hokku.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// What a browser would see: requests to the proxy, for the domain of an app.
public record Web(String address, int port) {
    private static final int PATIENCE_MILLIS = 20_000;

    /// An answer; the status 0 stands for none.
    public record Answer(int status, String body) {
        static Answer none(String why) {
            return new Answer(0, why);
        }
    }

    public Answer get(String domain, String path) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(("GET " + path + " HTTP/1.0\r\nHost: " + domain + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int body = text.indexOf("\r\n\r\n");
            if (body < 0 || !text.startsWith("HTTP/1.")) {
                return Answer.none("not an answer: " + text);
            }
            return new Answer(Integer.parseInt(text.substring(9, 12)), text.substring(body + 4).strip());
        } catch (IOException failed) {
            return Answer.none(failed.toString());
        }
    }
}
