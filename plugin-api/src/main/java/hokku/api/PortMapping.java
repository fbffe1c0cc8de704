package hokku.api;

import java.util.Set;

/// How a port of the proxy leads to a port of the containers: `http:80:5000`.
public record PortMapping(String scheme, int hostPort, int containerPort) implements Comparable<PortMapping> {
    private static final Set<String> SCHEMES = Set.of("http", "https", "grpc", "grpcs", "udp");

    public PortMapping {
        if (!SCHEMES.contains(scheme)) {
            throw new UserError("Invalid scheme " + Text.quoted(scheme) + " in a port mapping. Use http, for instance http:80:5000");
        }
        checked("hostPort", hostPort);
        checked("containerPort", containerPort);
    }

    public static PortMapping of(String scheme, int hostPort, int containerPort) {
        return new PortMapping(scheme, hostPort, containerPort);
    }

    /// Reads `scheme:host-port:container-port`.
    ///
    /// @throws UserError when the text is no mapping
    public static PortMapping parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 3) {
            throw new UserError("Invalid port map " + Text.quoted(text) + " [len=" + parts.length
                    + "]. Use <scheme>:<host-port>:<container-port>, for instance http:80:5000");
        }
        return new PortMapping(parts[0], number("hostPort", parts[1]), number("containerPort", parts[2]));
    }

    private static int number(String what, String text) {
        if (!text.matches("[0-9]{1,5}")) {
            throw new UserError("Invalid port map [%s=%s]: a port is a number from 1 to 65535".formatted(what, Text.quoted(text)));
        }
        return Integer.parseInt(text);
    }

    private static void checked(String what, int port) {
        if (port < 1 || port > 65535) {
            throw new UserError("Invalid port map [%s=%d]: a port is a number from 1 to 65535".formatted(what, port));
        }
    }

    @Override
    public int compareTo(PortMapping other) {
        return java.util.Comparator.comparing(PortMapping::scheme).thenComparing(PortMapping::hostPort)
                .thenComparing(PortMapping::containerPort).compare(this, other);
    }

    @Override
    public String toString() {
        return scheme + ":" + hostPort + ":" + containerPort;
    }
}
