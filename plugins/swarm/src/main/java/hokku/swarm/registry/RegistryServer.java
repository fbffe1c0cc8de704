package hokku.swarm.registry;

import hokku.api.UserError;
import java.util.Set;
import java.util.regex.Pattern;

/// A registry as image names begin with it: `ghcr.io`, `10.0.0.5:5000`.
record RegistryServer(String host) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?|\\[[0-9a-fA-F:]+](:[0-9]{1,5})?");
    /// Docker's own registry, under every name that people know it by.
    private static final Set<String> DOCKER = Set.of("docker.io", "hub.docker.com", "index.docker.io", "registry-1.docker.io");
    private static final String DOCKER_LOGIN = "https://index.docker.io/v1/";

    /// @throws UserError when the text names no registry
    static RegistryServer of(String text) {
        String host = text.strip().replaceFirst("^https?://", "").replaceFirst("/(v[12]/?)?$", "");
        if (DOCKER.contains(host)) {
            return new RegistryServer("docker.io");
        }
        // Without a dot, a port or this name the engine would take it for a folder of Docker's own registry.
        boolean told = host.contains(".") || host.contains(":") || host.equals("localhost");
        if (!FORM.matcher(host).matches() || !told) {
            throw new UserError("Invalid value for server: \"" + host.replaceAll("\\p{Cntrl}", "?")
                    + "\". Use the name or address of a registry, with its port where it has one: ghcr.io or 10.0.0.5:5000."
                    + " What follows it is set by image-repo");
        }
        return new RegistryServer(host);
    }

    /// What the engine knows logins by.
    String loginAddress() {
        return host.equals("docker.io") ? DOCKER_LOGIN : host;
    }

    @Override
    public String toString() {
        return host;
    }
}
