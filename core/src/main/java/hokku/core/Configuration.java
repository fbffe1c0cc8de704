package hokku.core;

import hokku.api.EngineAddress;
import hokku.api.UserError;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// How this server is run, from the environment of its process.
///
/// @param plugins the folder of the jars that are shipped with the program
/// @param address where the server is reached from outside, for the names of apps until the platform has a domain
/// @param fault the point of a deploy at which a test wants the process to end; empty in production
record Configuration(Path home, String sshAddress, int sshPort, Path plugins, EngineAddress engine, String address, String fault) {
    private static final String DOCUMENTATION_NETWORK = "192.0.2.1";

    /// @throws UserError that names the variable which cannot be understood
    static Configuration of(Map<String, String> environment) {
        String home = Optional.ofNullable(environment.get("HOKKU_HOME")).filter(text -> !text.isBlank())
                .orElseThrow(() -> new UserError("HOKKU_HOME is not set. Set it to the folder that holds the apps, for instance /var/lib/hokku"));
        return new Configuration(Path.of(home), environment.getOrDefault("HOKKU_SSH_ADDRESS", ""),
                port(environment.getOrDefault("HOKKU_SSH_PORT", "22")), Path.of(environment.getOrDefault("HOKKU_PLUGINS", "plugins")),
                engine(environment),
                Optional.ofNullable(environment.get("HOKKU_ADVERTISED_ADDRESS")).filter(text -> !text.isBlank())
                        .orElseGet(Configuration::ownAddress), environment.getOrDefault("HOKKU_FAULT", ""));
    }

    /// Docker's own variables. Its program means by the folder alone that TLS is possible; here it means TLS with both sides verified.
    private static EngineAddress engine(Map<String, String> environment) {
        EngineAddress engine = EngineAddress.of(given(environment, "DOCKER_HOST").orElse("unix:///var/run/docker.sock"));
        // Next to a socket the folder is a leftover, which Docker's program passes over as well.
        return given(environment, "DOCKER_CERT_PATH").filter(folder -> !engine.host().getScheme().equals("unix"))
                .map(folder -> engine.withCertificates(Path.of(folder))).orElse(engine);
    }

    private static Optional<String> given(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(text -> !text.isBlank());
    }

    private static int port(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65535) {
            throw new UserError("HOKKU_SSH_PORT is " + text + ": it must be a port, from 1 to 65535 (0 for any that is free)");
        }
        return Integer.parseInt(text);
    }

    /// The address from which this machine reaches others; nothing is sent to find it.
    private static String ownAddress() {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(InetAddress.getByName(DOCUMENTATION_NETWORK), 9);
            InetAddress local = socket.getLocalAddress();
            return local.isAnyLocalAddress() ? "127.0.0.1" : local.getHostAddress();
        } catch (IOException offline) {
            return "127.0.0.1";
        }
    }
}
