package hokku.swarm;

import java.util.List;
import picocli.CommandLine.Parameters;

/// A command about one machine, which is its first parameter.
abstract class OneNodeCommand extends NodeCommand {
    @Parameters(index = "0", paramLabel = "<node>", description = "The name or the id of the node")
    private String node;

    OneNodeCommand(NodeParts parts) {
        super(parts);
    }

    final NodeName name() {
        return new NodeName(node);
    }

    @Override
    public final List<String> audited() {
        return List.of(name().value());
    }
}
