package hokku.swarm;

import com.github.dockerjava.api.model.SwarmNode;
import com.github.dockerjava.api.model.SwarmNodeAvailability;
import hokku.api.App;
import hokku.api.AppName;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Lets a machine take tasks again.
@Command(name = "swarm:node-activate", description = "Let a node take tasks again after swarm:node-drain",
        customSynopsis = "dokku swarm:node-activate [--rebalance] <node>")
final class SwarmNodeActivate extends OneNodeCommand {
    @Option(names = "--rebalance", description = "Roll out every app of the swarm anew, one after the other, so that the node gets its share at once")
    private boolean rebalance;

    SwarmNodeActivate(NodeParts parts) {
        super(parts);
    }

    @Override
    public void run(Session session) throws InterruptedException {
        SwarmNode node = parts().nodes().find(name());
        parts().nodes().setAvailability(node.getId(), SwarmNodeAvailability.ACTIVE);
        session.out().step("Node " + Node.of(node).name() + " takes tasks again");
        if (rebalance) {
            rebalance(session);
        } else {
            session.out().detail("It gets some with the next rollout of an app; with --rebalance of all at once");
        }
    }

    private void rebalance(Session session) throws InterruptedException {
        Set<String> served = parts().cluster().replicas().stream().map(replica -> replica.service().app().value()).collect(Collectors.toSet());
        List<AppName> names = parts().apps().list().stream().map(parts().apps()::find).flatMap(Optional::stream)
                .filter(app -> served.contains(app.id().value())).map(App::name).toList();
        List<String> failures = new ArrayList<>();
        for (AppName name : names) {
            session.out().step("Rolling out " + name);
            try {
                parts().apps().restart(name, session.out());
            } catch (UserError failed) {
                session.out().warn(failed.getMessage());
                failures.add(name.value());
            }
        }
        if (!failures.isEmpty()) {
            throw new UserError("These apps stay where they are: " + String.join(", ", failures) + ". Try again: ps:restart <app>");
        }
    }
}
