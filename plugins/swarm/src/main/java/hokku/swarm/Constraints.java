package hokku.swarm;

import com.github.dockerjava.api.model.SwarmNode;
import com.github.dockerjava.api.model.SwarmNodeDescription;
import com.github.dockerjava.api.model.SwarmNodeEngineDescription;
import com.github.dockerjava.api.model.SwarmNodePlatform;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;

/// Whether a node satisfies a constraint, by the rules by which the swarm places tasks.
final class Constraints {
    private static final String NODE_LABEL = "node.labels.";
    private static final String ENGINE_LABEL = "engine.labels.";

    private Constraints() {}

    /// @param constraint as [SwarmSettings#CONSTRAINTS] takes it
    static boolean allow(String constraint, SwarmNode node) {
        boolean equal = constraint.contains("==");
        String[] parts = constraint.split("==|!=", 2);
        if (parts[0].equalsIgnoreCase("node.ip")) {
            return within(parts[1], Optional.ofNullable(node.getStatus().getAddress()).orElse("")) == equal;
        }
        Optional<String> value = value(parts[0], node);
        // The swarm puts nothing on a node that has not even a place for such a value.
        return value.isPresent() && value.get().equalsIgnoreCase(parts[1]) == equal;
    }

    private static Optional<String> value(String key, SwarmNode node) {
        Optional<SwarmNodeDescription> description = Optional.ofNullable(node.getDescription());
        if (startsWith(key, NODE_LABEL)) {
            return Optional.of(label(node.getSpec().getLabels(), key.substring(NODE_LABEL.length())));
        }
        if (startsWith(key, ENGINE_LABEL)) {
            return Optional.of(label(description.map(SwarmNodeDescription::getEngine).map(SwarmNodeEngineDescription::getLabels).orElse(Map.of()),
                    key.substring(ENGINE_LABEL.length())));
        }
        Optional<SwarmNodePlatform> platform = description.map(SwarmNodeDescription::getPlatform);
        return switch (key.toLowerCase(java.util.Locale.ROOT)) {
            case "node.id" -> Optional.of(node.getId());
            case "node.hostname" -> Optional.of(description.map(SwarmNodeDescription::getHostname).orElse(""));
            case "node.role" -> Optional.of(node.getSpec().getRole().name());
            case "node.platform.os" -> Optional.of(platform.map(SwarmNodePlatform::getOs).orElse(""));
            case "node.platform.arch" -> Optional.of(platform.map(SwarmNodePlatform::getArchitecture).orElse(""));
            default -> Optional.empty();
        };
    }

    private static boolean startsWith(String key, String prefix) {
        return key.regionMatches(true, 0, prefix, 0, prefix.length());
    }

    private static String label(Map<String, String> labels, String name) {
        return Optional.ofNullable(labels).map(all -> all.get(name)).orElse("");
    }

    /// @param range an address, or a range of them like `10.0.0.0/8`
    private static boolean within(String range, String address) {
        String[] parts = range.split("/", 2);
        try {
            byte[] network = InetAddress.ofLiteral(parts[0]).getAddress();
            byte[] own = InetAddress.ofLiteral(address).getAddress();
            int length = parts.length > 1 ? Integer.parseInt(parts[1]) : network.length * 8;
            if (network.length != own.length) {
                return false;
            }
            for (int bit = 0; bit < length; bit++) {
                int mask = 0x80 >> bit % 8;
                if ((network[bit / 8] & mask) != (own[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        } catch (IllegalArgumentException | IndexOutOfBoundsException none) {
            return false;
        }
    }
}
