package hokku.swarm;

import hokku.api.Access;
import hokku.api.spi.Command;

/// A command about the machines of the swarm, which concern the whole server.
abstract class NodeCommand implements Command {
    private final NodeParts parts;

    NodeCommand(NodeParts parts) {
        this.parts = parts;
    }

    @Override
    public final Access access() {
        return Access.ADMIN;
    }

    final NodeParts parts() {
        return parts;
    }
}
