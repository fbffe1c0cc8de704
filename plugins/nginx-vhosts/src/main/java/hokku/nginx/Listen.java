package hokku.nginx;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A port of the proxy, with the addresses of this host that it is bound to; no address stands for all of them.
///
/// Files of apps name it by [#key] only: the same file then serves the live configuration and the one that is validated, where
/// low ports are moved out of the way, because nginx' user may bind them only in nginx' own service.
record Listen(int port, Optional<String> ipv4, Optional<String> ipv6) {
    private static final Pattern KEY = Pattern.compile("([0-9]+)-([0-9.]+|all)-([0-9a-f_]+|all)");
    private static final int UNPRIVILEGED = 1024;
    private static final int MOVED = 60_000;

    static Listen everywhere(int port) {
        return new Listen(port, Optional.empty(), Optional.empty());
    }

    static Optional<Listen> parse(String key) {
        Matcher parts = KEY.matcher(key);
        return parts.matches()
                ? Optional.of(new Listen(Integer.parseInt(parts.group(1)), address(parts.group(2)), address(parts.group(3).replace('_', ':'))))
                : Optional.empty();
    }

    private static Optional<String> address(String text) {
        return text.equals("all") ? Optional.empty() : Optional.of(text);
    }

    String key() {
        return port + "-" + ipv4.orElse("all") + "-" + ipv6.map(address -> address.replace(':', '_')).orElse("all");
    }

    /// The same, with the address of another one in place of all addresses.
    Listen narrowedTo(Listen other) {
        return new Listen(port, ipv4.or(other::ipv4), ipv6.or(other::ipv6));
    }

    /// What stands behind `listen`, one per protocol.
    ///
    /// @param withIpv6 whether this host knows IPv6
    List<String> sockets(boolean withIpv6) {
        return sockets(port, withIpv6);
    }

    /// The sockets of a configuration that is only validated.
    List<String> candidateSockets(boolean withIpv6) {
        return sockets(port < UNPRIVILEGED ? port + MOVED : port, withIpv6);
    }

    private List<String> sockets(int on, boolean withIpv6) {
        String first = ipv4.map(address -> address + ":").orElse("") + on;
        return withIpv6 ? List.of(first, "[" + ipv6.orElse("::") + "]:" + on) : List.of(first);
    }
}
