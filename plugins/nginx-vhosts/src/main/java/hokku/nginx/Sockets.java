package hokku.nginx;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;

/// What the kernel knows of this host's TCP sockets. nginx holds a connection to a container exactly as long as a request is
/// led there, so this tells when the last one is over, whichever worker has it.
final class Sockets {
    private static final String CONNECTED = "01";
    private static final String CONNECTING = "02";
    private static final String LISTENING = "0A";

    private final Path proc;

    Sockets(Path proc) {
        this.proc = proc;
    }

    /// Whether this host knows IPv6.
    boolean knowsIpv6() throws IOException {
        try {
            return !Files.readString(proc.resolve("net/if_inet6")).isBlank();
        } catch (NoSuchFileException none) {
            return false;
        }
    }

    /// Whether a connection from this host to any of the addresses is open.
    ///
    /// @param addresses `127.0.0.1:80` or `[::1]:80`
    boolean connectedTo(Collection<String> addresses) throws IOException {
        Set<String> wanted = new HashSet<>();
        for (String address : addresses) {
            int colon = address.lastIndexOf(':');
            wanted.add(hex(InetAddress.ofLiteral(address.substring(0, colon))) + ":" + port(Integer.parseInt(address.substring(colon + 1))));
        }
        for (String table : new String[] {"net/tcp", "net/tcp6"}) {
            for (String[] socket : read(table)) {
                if ((socket[3].equals(CONNECTED) || socket[3].equals(CONNECTING)) && wanted.contains(socket[2])) {
                    return true;
                }
            }
        }
        return false;
    }

    /// The ports on which anything listens, at whichever address.
    Set<Integer> listening() throws IOException {
        Set<Integer> ports = new HashSet<>();
        for (String table : new String[] {"net/tcp", "net/tcp6"}) {
            for (String[] socket : read(table)) {
                if (socket[3].equals(LISTENING)) {
                    ports.add(Integer.parseInt(socket[1].substring(socket[1].indexOf(':') + 1), 16));
                }
            }
        }
        return ports;
    }

    /// The ids of the users whose programs listen on a port, at whichever address.
    Set<Integer> listeners(int port) throws IOException {
        Set<Integer> users = new HashSet<>();
        for (String table : new String[] {"net/tcp", "net/tcp6"}) {
            for (String[] socket : read(table)) {
                if (socket[3].equals(LISTENING) && socket[1].endsWith(":" + port(port))) {
                    users.add(Integer.parseInt(socket[7]));
                }
            }
        }
        return users;
    }

    private Collection<String[]> read(String table) throws IOException {
        try {
            return Files.readAllLines(proc.resolve(table)).stream().skip(1).map(line -> line.strip().split("\\s+")).toList();
        } catch (NoSuchFileException noIpv6) {
            return Set.of();
        }
    }

    /// The kernel prints words of four bytes in the order of the processor: little endian on all that nginx runs on here.
    private static String hex(InetAddress address) {
        byte[] bytes = address.getAddress();
        byte[] swapped = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            swapped[i] = bytes[i / 4 * 4 + 3 - i % 4];
        }
        return HexFormat.of().withUpperCase().formatHex(swapped);
    }

    private static String port(int port) {
        return String.format(Locale.ROOT, "%04X", port);
    }
}
