package hokku.nginx;

import hokku.api.UserError;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/// Brings nginx to a new configuration, and knows which one it serves.
///
/// `nginx -s reload` returns long before the new workers serve, and says nothing when they never will. So this looks: the new
/// generation answers, and every worker of the former one has stopped to take connections.
final class Generation {
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final int TIMEOUT_MILLIS = 2000;

    private final Folder folder;
    private final Program program;
    private final Master master;

    Generation(Folder folder, Program program, Master master) {
        this.folder = folder;
        this.program = program;
        this.master = master;
    }

    /// Reloads, and returns when only the expected generation takes connections.
    ///
    /// @throws UserError when nginx refuses it, with nginx' words, or does not come to it in time
    void reload(String expected, int port) throws IOException, InterruptedException {
        Set<Long> former = master.workers();
        long logged = logged();
        program.reload();
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (!serving(port).equals(expected) || master.isAccepting(former)) {
            String complaint = complaint(logged);
            if (!complaint.isEmpty()) {
                throw new UserError("nginx refused its new configuration: " + complaint);
            }
            if (!master.isRunning()) {
                throw new UserError(UserError.UNAVAILABLE, "nginx ended while it took its new configuration. See " + folder.errorLog());
            }
            if (System.nanoTime() > deadline) {
                throw new UserError(UserError.UNAVAILABLE, "nginx did not take its new configuration within " + LONGEST.toSeconds()
                        + " s. See " + folder.errorLog());
            }
            Thread.sleep(PAUSE);
        }
    }

    /// Waits until a started nginx serves.
    void await(String expected, int port) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (!master.isRunning() || !serving(port).equals(expected)) {
            if (System.nanoTime() > deadline) {
                throw new UserError(UserError.UNAVAILABLE, "nginx did not begin to serve within " + LONGEST.toSeconds() + " s. See "
                        + folder.errorLog());
            }
            Thread.sleep(PAUSE);
        }
    }

    /// The generation that answers now; empty when none does.
    String serving(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(("GET / HTTP/1.0\r\nHost: " + MainConfig.GENERATION_HOST + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes(4096), StandardCharsets.ISO_8859_1);
            int body = answer.indexOf("\r\n\r\n");
            return body >= 0 && answer.startsWith("HTTP/1.1 200") ? answer.substring(body + 4).strip() : "";
        } catch (IOException nobody) {
            return "";
        }
    }

    private long logged() throws IOException {
        Path log = folder.errorLog();
        return Files.exists(log) ? Files.size(log) : 0;
    }

    /// What nginx logged since, if it gave up on something.
    private String complaint(long since) throws IOException {
        Path log = folder.errorLog();
        if (!Files.isReadable(log)) {
            return "";
        }
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            // After a rotation the file is shorter than it was.
            file.seek(Math.min(since, file.length()));
            byte[] added = new byte[(int) Math.min(64 * 1024, file.length() - file.getFilePointer())];
            file.readFully(added);
            String emergencies = new String(added, StandardCharsets.UTF_8).lines().filter(line -> line.contains("[emerg]"))
                    .collect(java.util.stream.Collectors.joining("\n"));
            // It tries for a while to get a port. What it says of that must not be taken for an answer to the next reload.
            boolean tries = emergencies.contains(" bind() to ") && !emergencies.contains("still could not bind()");
            return tries ? "" : Complaint.shortened(emergencies, folder);
        }
    }
}
