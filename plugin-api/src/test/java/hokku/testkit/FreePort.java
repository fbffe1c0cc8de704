package hokku.testkit;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Finds a port for a server that is started later.
public final class FreePort {
    /// The system gives no connection a port from here on by itself, up to [#END]: one that is free stays so for a while.
    private static final int BEGIN = 15_000;
    private static final int END = 32_000;
    private static final int ATTEMPTS = 100;

    private FreePort() {}

    /// @throws IOException when none was found
    public static int find() throws IOException {
        IOException last = new IOException("no port was tried");
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(BEGIN, END);
            try (ServerSocket socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                last = taken;
            }
        }
        throw last;
    }
}
