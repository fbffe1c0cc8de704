package hokku.swarm.registry;

import hokku.api.Access;
import hokku.api.spi.Session;
import picocli.CommandLine.Command;

/// Tells how a node comes to trust Hokku's own registry.
@Command(name = "registry:trust-command", description = "Print the line that lets the engine of a node trust Hokku's registry: run it there as root")
final class RegistryTrustCommand implements hokku.api.spi.Command {
    private final OwnRegistry own;

    RegistryTrustCommand(OwnRegistry own) {
        this.own = own;
    }

    @Override
    public Access access() {
        return Access.ADMIN;
    }

    @Override
    public void run(Session session) {
        session.print(own.trustCommand());
    }
}
