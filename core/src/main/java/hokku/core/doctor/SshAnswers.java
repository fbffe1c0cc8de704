package hokku.core.doctor;

import hokku.api.Finding;
import hokku.api.spi.Examination;
import hokku.core.state.Home;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether the server's own port answers, and who has the usual one where that is not the server.
final class SshAnswers implements Examination {
    private static final Pattern PORT = Pattern.compile("\"sshPort\"\\s*:\\s*(\\d{1,5})");
    private static final int USUAL = 22;
    private static final int PATIENCE_MILLIS = 2000;
    private static final int LONGEST_BANNER = 255;

    private final Home home;
    private final String address;

    /// @param address the address that the server listens on; empty for all of them
    SshAnswers(Home home, String address) {
        this.home = home;
        this.address = address.isBlank() ? "127.0.0.1" : address;
    }

    @Override
    public String name() {
        return "ssh";
    }

    @Override
    public List<Finding> examine() throws IOException {
        OptionalInt port = port();
        if (port.isEmpty()) {
            return List.of(Finding.warning(home.run().resolve("ready") + " does not tell the port", "Is the disk full? Then: hokku restart"));
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(greeting(address, port.getAsInt())
                .map(said -> Finding.well("port %d answers: %s".formatted(port.getAsInt(), said)))
                .orElseGet(() -> Finding.wrong("port %d of %s does not answer".formatted(port.getAsInt(), address),
                        "The server may be overloaded, or a firewall may keep it from itself. Look at its log; then: hokku restart")));
        if (port.getAsInt() != USUAL) {
            greeting("127.0.0.1", USUAL).ifPresent(said -> findings.add(Finding.well("port %d belongs to another program: %s".formatted(USUAL, said))));
        }
        return findings;
    }

    private OptionalInt port() throws IOException {
        try {
            Matcher port = PORT.matcher(Files.readString(home.run().resolve("ready")));
            return port.find() ? OptionalInt.of(Integer.parseInt(port.group(1))) : OptionalInt.empty();
        } catch (NoSuchFileException unwritten) {
            return OptionalInt.empty();
        }
    }

    /// What whoever listens says first; empty when nobody does.
    private static Optional<String> greeting(String address, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            StringBuilder line = new StringBuilder();
            int next = socket.getInputStream().read();
            while (next >= 0 && next != '\n' && line.length() < LONGEST_BANNER) {
                line.append((char) next);
                next = socket.getInputStream().read();
            }
            return line.isEmpty() ? Optional.empty() : Optional.of(new String(line.toString().getBytes(StandardCharsets.US_ASCII),
                    StandardCharsets.US_ASCII).strip());
        } catch (IOException silent) {
            return Optional.empty();
        }
    }
}
