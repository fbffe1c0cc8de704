package hokku.testkit;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A /24 network that a lab has for itself: a bridge on this machine, and a cable from it to each node's network namespace.
///
/// The names of everything that it makes follow from the network, so that all of it is found again without a list.
record LabNetwork(String prefix) {
    private static final Pattern PREFIX = Pattern.compile("(10|198)\\.([0-9]{1,3})\\.([0-9]{1,3})");
    private static final int GATEWAY = 254;

    LabNetwork {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException("not the beginning of a lab's addresses: " + prefix);
        }
    }

    static Optional<LabNetwork> of(String prefix) {
        return PREFIX.matcher(prefix).matches() ? Optional.of(new LabNetwork(prefix)) : Optional.empty();
    }

    /// What all names begin with. The system allows 15 characters for the name of a link.
    String bridge() {
        return "hkl" + hexadecimal();
    }

    private String hexadecimal() {
        Matcher matcher = PREFIX.matcher(prefix);
        if (!matcher.matches()) {
            throw new IllegalStateException(prefix);
        }
        return "%02x%02x".formatted(Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(3)));
    }

    String namespace(int node) {
        return bridge() + "n" + node;
    }

    private String cable(int node) {
        return bridge() + "v" + node;
    }

    String address(int host) {
        return prefix + "." + host;
    }

    /// The address of this machine.
    String gateway() {
        return address(GATEWAY);
    }

    String subnet() {
        return address(0) + "/24";
    }

    /// A card that is replaced has the former's address: the others need not learn a new one.
    private String card(int host) {
        return "02:48:4b:%s:%s:%02x".formatted(hexadecimal().substring(0, 2), hexadecimal().substring(2), host);
    }

    void create() throws IOException {
        Program.demand("ip", "link", "add", bridge(), "address", card(GATEWAY), "type", "bridge");
        Program.demand("ip", "addr", "add", gateway() + "/24", "dev", bridge());
        Program.demand("ip", "link", "set", bridge(), "up");
        // The machine's own engine forbids forwarding, also between the ports of a bridge.
        Program.demand(rule("-I"));
    }

    private List<String> rule(String action) {
        return List.of("iptables", "-w", action, "FORWARD", "-i", bridge(), "-o", bridge(), "-j", "ACCEPT");
    }

    /// Makes the network namespace of a node.
    void attach(int node) throws IOException {
        String namespace = namespace(node);
        Program.demand("ip", "netns", "add", namespace);
        Program.demand("ip", "link", "add", cable(node), "type", "veth", "peer", "name", "eth0", "address", card(node), "netns", namespace);
        Program.demand("ip", "-n", namespace, "addr", "add", address(node) + "/24", "dev", "eth0");
        Program.demand("ip", "-n", namespace, "link", "set", "eth0", "up");
        Program.demand("ip", "-n", namespace, "link", "set", "lo", "up");
        // Whoever asks for what is beyond, such as an image's registry, hears at once that there is no way.
        Program.demand("ip", "-n", namespace, "route", "add", "unreachable", "default");
        Program.demand("ip", "link", "set", cable(node), "master", bridge(), "up");
    }

    /// Removes the network namespace of a node.
    void detach(int node) throws IOException {
        // First, and at once: with the namespace it would go some time later.
        Program.demand("ip", "link", "del", cable(node));
        Program.demand("ip", "netns", "del", namespace(node));
    }

    /// From now on nothing that a node sends arrives anywhere, and it notices nothing of that.
    void cut(int node) throws IOException {
        Program.demand("ip", "link", "set", cable(node), "nomaster");
    }

    void mend(int node) throws IOException {
        Program.demand("ip", "link", "set", cable(node), "master", bridge());
    }

    /// Removes all that is there, whatever it is.
    void remove() throws IOException {
        for (String link : links().filter(link -> link.startsWith(bridge() + "v")).toList()) {
            Program.demand("ip", "link", "del", link);
        }
        if (links().anyMatch(bridge()::equals)) {
            Program.demand("ip", "link", "del", bridge());
        }
        for (String namespace : namespaces().filter(namespace -> namespace.startsWith(bridge() + "n")).toList()) {
            Program.demand("ip", "netns", "del", namespace);
        }
        if (Program.run(rule("-C")).exit() == 0) {
            Program.demand(rule("-D"));
        }
    }

    private static Stream<String> links() throws IOException {
        return Program.demand("ip", "-brief", "link", "show").lines().map(line -> line.split("[@ ]")[0]);
    }

    private static Stream<String> namespaces() throws IOException {
        return Program.demand("ip", "netns", "list").lines().map(line -> line.split(" ")[0]);
    }
}
