package hokku.swarm;

import com.github.dockerjava.api.model.SwarmNode;
import hokku.api.spi.Session;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Sets what constraints of apps ask for.
@Command(name = "swarm:node-label", description = "Set or remove labels of a node, for scheduler-swarm:set <app> constraints",
        customSynopsis = "dokku swarm:node-label <node> (<key>=<value>|<key>-)...")
final class SwarmNodeLabel extends OneNodeCommand {
    @Parameters(index = "1..*", arity = "0..*", paramLabel = "<key>=<value>|<key>-", description = "key=value sets a label, key- takes it away")
    private final List<String> words = new ArrayList<>();

    SwarmNodeLabel(NodeParts parts) {
        super(parts);
    }

    @Override
    public void run(Session session) {
        NodeLabels change = NodeLabels.of(words);
        SwarmNode node = parts().nodes().find(name());
        parts().nodes().label(node.getId(), change);
        session.out().step("Labels of node " + Node.of(node).name() + ": " + shown(parts().nodes().find(new NodeName(node.getId()))));
    }

    private static String shown(SwarmNode node) {
        String labels = String.join(" ", Node.of(node).labels().entrySet().stream().map(label -> label.getKey() + "=" + label.getValue()).sorted().toList());
        return labels.isEmpty() ? "none" : labels;
    }
}
