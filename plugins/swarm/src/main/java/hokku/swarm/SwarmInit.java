package hokku.swarm;

import com.github.dockerjava.api.command.InitializeSwarmCmd;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.SwarmDispatcherConfig;
import com.github.dockerjava.api.model.SwarmInfo;
import com.github.dockerjava.api.model.SwarmSpec;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.time.Duration;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Makes the first node of a swarm out of the engine.
@Command(name = "swarm:init", description = "Make a swarm, with the engine as its first manager",
        customSynopsis = "dokku swarm:init [--advertise-addr <address>] [--listen-addr <address>]")
final class SwarmInit extends NodeCommand {
    /// Nodes are missed after three of them.
    private static final Duration HEARTBEAT = Duration.ofSeconds(3);
    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z0-9.:%_\\[\\]-]{1,100}");

    @Option(names = "--advertise-addr", paramLabel = "<address>", defaultValue = "",
            description = "The address or interface at which the other nodes reach this one; needed where it has several")
    private String advertised;

    @Option(names = "--listen-addr", paramLabel = "<address>", defaultValue = "0.0.0.0:2377",
            description = "Where it listens for the other nodes (default: ${DEFAULT-VALUE})")
    private String listening;

    SwarmInit(NodeParts parts) {
        super(parts);
    }

    @Override
    public void run(Session session) {
        SwarmEngine engine = parts().engine();
        check("--listen-addr", listening);
        if (!advertised.isEmpty()) {
            check("--advertise-addr", advertised);
        }
        if (engine.isMember()) {
            SwarmInfo info = engine.info();
            session.out().step("The engine is in a swarm already, as a " + (Boolean.TRUE.equals(info.getControlAvailable()) ? "manager" : "worker")
                    + " at " + info.getNodeAddr());
            return;
        }
        try {
            InitializeSwarmCmd init = engine.client().initializeSwarmCmd(new SwarmSpec().withName("default")
                    .withDispatcher(new SwarmDispatcherConfig().withHeartbeatPeriod(HEARTBEAT.toNanos()))).withListenAddr(listening);
            (advertised.isEmpty() ? init : init.withAdvertiseAddr(advertised)).exec();
        } catch (DockerException failed) {
            throw explained(failed);
        }
        session.out().step("The engine is the first manager of a swarm, at " + engine.info().getNodeAddr());
        session.out().detail("Further machines join with what this prints: swarm:join-command");
        session.out().detail("They reach this one at the ports 2377/tcp, 7946/tcp, 7946/udp and 4789/udp");
    }

    private static void check(String option, String address) {
        if (!ADDRESS.matcher(address).matches()) {
            throw UserError.usage("Not an address: " + option + " " + address + ". Use an IP address, an interface, or either with a port");
        }
    }

    static UserError explained(DockerException failed) {
        String message = SwarmEngine.message(failed);
        if (message.contains("could not choose an IP address")) {
            return new UserError(UserError.FAILED, "The machine has several addresses. Say at which one the other nodes reach it, with swarm:init"
                    + " --advertise-addr <address>: " + message, failed);
        }
        if (message.contains("live-restore")) {
            return new UserError(UserError.FAILED, "The engine keeps containers while it restarts, which a swarm does not allow. Set \"live-restore\": false"
                    + " in /etc/docker/daemon.json and run: systemctl reload docker", failed);
        }
        return SwarmEngine.translated("The swarm cannot be made", failed);
    }
}
