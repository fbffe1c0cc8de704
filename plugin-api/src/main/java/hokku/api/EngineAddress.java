package hokku.api;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;

/// Where a Docker engine listens, and how it and its clients prove to each other who they are.
///
/// @param host `unix:///path` or `tcp://host:port`
/// @param certificates the folder of the files `ca.pem`, `cert.pem` and `key.pem`, as docker's own program has them; with it TLS is
///     spoken and both sides are verified, without it the connection is plain
public record EngineAddress(URI host, Optional<Path> certificates) {
    private static final int LAST_PORT = 65535;

    /// @throws UserError when the address is not understood, or has certificates and no host to verify
    public EngineAddress {
        if (!isSocket(host) && !isHostAndPort(host)) {
            throw new UserError("The Docker host " + Text.quoted(host.toString())
                    + " is not understood. Use unix:///var/run/docker.sock or tcp://host:port");
        }
        if (certificates.isPresent() && isSocket(host)) {
            throw new UserError("The Docker host " + host + " is a socket of this machine, where no TLS is spoken. Leave out the"
                    + " certificates, or use tcp://host:port");
        }
        certificates.filter(folder -> !folder.isAbsolute()).ifPresent(folder -> {
            throw new UserError("The folder of certificates " + Text.quoted(folder.toString()) + " is not an absolute path. Begin it with /");
        });
    }

    /// An address without certificates.
    ///
    /// @throws UserError when the text is not understood
    public static EngineAddress of(String host) {
        try {
            return new EngineAddress(new URI(host), Optional.empty());
        } catch (URISyntaxException e) {
            throw new UserError(UserError.FAILED, "The Docker host " + Text.quoted(host)
                    + " is not understood. Use unix:///var/run/docker.sock or tcp://host:port", e);
        }
    }

    /// The same host over TLS. The files are read when they are used, and again when they have changed.
    ///
    /// @throws UserError when the folder is no absolute path, or the host is a socket of this machine
    public EngineAddress withCertificates(Path folder) {
        return new EngineAddress(host, Optional.of(folder));
    }

    private static boolean isSocket(URI host) {
        return "unix".equals(host.getScheme()) && host.getRawAuthority() == null && host.getPath() != null && host.getPath().length() > 1
                && isNothingElse(host);
    }

    private static boolean isHostAndPort(URI host) {
        return "tcp".equals(host.getScheme()) && host.getHost() != null && host.getRawUserInfo() == null && host.getPort() > 0
                && host.getPort() <= LAST_PORT && (host.getPath().isEmpty() || host.getPath().equals("/")) && isNothingElse(host);
    }

    private static boolean isNothingElse(URI host) {
        return host.getRawQuery() == null && host.getRawFragment() == null;
    }

    /// The host.
    @Override
    public String toString() {
        return host.toString();
    }
}
