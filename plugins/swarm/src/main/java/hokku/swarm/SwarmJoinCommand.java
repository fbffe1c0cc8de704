package hokku.swarm;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.SwarmInfo;
import com.github.dockerjava.api.model.SwarmJoinTokens;
import com.github.dockerjava.api.model.SwarmNode;
import com.github.dockerjava.api.model.SwarmNodeManagerStatus;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Prints what makes another machine a node. The token in it is a secret: whoever has it gets what runs on the swarm.
@Command(name = "swarm:join-command", description = "Print the line that lets another machine join the swarm; it holds a secret",
        customSynopsis = "dokku swarm:join-command [--manager]")
final class SwarmJoinCommand extends NodeCommand {
    @Option(names = "--manager", description = "Let it join as a manager")
    private boolean manager;

    SwarmJoinCommand(NodeParts parts) {
        super(parts);
    }

    @Override
    public void run(Session session) {
        List<SwarmNode> nodes = parts().nodes().list();
        SwarmInfo info = parts().engine().info();
        String address = address(nodes, info.getNodeID());
        SwarmJoinTokens tokens = tokens();
        session.out().detail("Run on the other machine, as root:");
        session.print("docker swarm join --token " + (manager ? tokens.getManager() : tokens.getWorker()) + " " + address);
        session.out().detail("Where images come from Hokku's own registry, it also needs what this prints: registry:trust-command");
    }

    private SwarmJoinTokens tokens() {
        try {
            return parts().engine().client().inspectSwarmCmd().exec().getJoinTokens();
        } catch (DockerException failed) {
            throw SwarmEngine.translated("The swarm does not tell how to join it", failed);
        }
    }

    /// The engine's own, else the leader's.
    static String address(List<SwarmNode> nodes, String own) {
        return Stream.concat(nodes.stream().filter(node -> node.getId().equals(own)),
                        nodes.stream().filter(node -> node.getManagerStatus() != null && node.getManagerStatus().isLeader()))
                .map(SwarmNode::getManagerStatus).flatMap(status -> Optional.ofNullable(status).map(SwarmNodeManagerStatus::getAddr).stream())
                .filter(address -> !address.isEmpty()).findFirst()
                .orElseThrow(() -> new UserError("The swarm's managers tell no address to join at. See docker node inspect self on a manager"));
    }
}
