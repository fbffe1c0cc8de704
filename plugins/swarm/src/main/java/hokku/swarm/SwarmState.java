package hokku.swarm;

import com.github.dockerjava.api.model.SwarmInfo;
import com.github.dockerjava.api.model.SwarmNode;
import com.github.dockerjava.api.model.SwarmNodeAvailability;
import hokku.api.Finding;
import hokku.api.Instance;
import hokku.api.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// What there is to say of the swarm at one moment.
///
/// @param member whether the engine is in a swarm
/// @param control whether it is one of its managers
/// @param failure why the swarm cannot be asked; empty when it can, and then only is there something in the lists
record SwarmState(boolean member, boolean control, String failure, List<Machine> machines, List<Replica> replicas) {
    /// One machine.
    ///
    /// @param reachable what the proxy's side knows of it
    /// @param answers whether it answers as a manager, true for others
    record Machine(Node node, String engine, boolean reachable, boolean answers) {
        static Machine of(SwarmNode node, Reachability reachability) {
            Node known = Node.of(node);
            return new Machine(known, Optional.ofNullable(node.getDescription().getEngine().getEngineVersion()).orElse(""), reachability.test(known),
                    node.getManagerStatus() == null
                            || node.getManagerStatus().getReachability() == com.github.dockerjava.api.model.Reachability.REACHABLE);
        }

        String status() {
            return !node.ready() ? "down" : reachable ? "ready" : "unreachable";
        }

        String availability() {
            return node.availability().name().toLowerCase(Locale.ROOT);
        }

        String role() {
            return node.leader() ? "leader" : node.manager() ? "manager" : "worker";
        }
    }

    static SwarmState of(SwarmEngine engine, Cluster cluster, Reachability reachability) {
        SwarmInfo info = engine.info();
        boolean member = SwarmEngine.isMember(info);
        boolean control = Boolean.TRUE.equals(info.getControlAvailable());
        if (!member || !control) {
            return new SwarmState(member, false, "", List.of(), List.of());
        }
        try {
            List<Machine> machines = new Nodes(engine).list().stream().map(node -> Machine.of(node, reachability)).toList();
            return new SwarmState(true, true, "", machines, cluster.replicas());
        } catch (UserError failed) {
            return new SwarmState(true, true, failed.getMessage(), List.of(), List.of());
        }
    }

    boolean answers() {
        return control && failure.isEmpty();
    }

    long managers() {
        return machines.stream().filter(machine -> machine.node().manager()).count();
    }

    long answeringManagers() {
        return machines.stream().filter(machine -> machine.node().manager() && machine.answers()).count();
    }

    /// How many of the managers that answer may still fail before nothing can be changed any more.
    long mayFail() {
        return Math.max(0, answeringManagers() - (managers() / 2 + 1));
    }

    long running() {
        return replicas.stream().filter(replica -> replica.instanceState() == Instance.State.RUNNING).count();
    }

    /// How many tasks of this server are on a machine, or are meant to be.
    long tasks(Node node) {
        return replicas.stream().filter(replica -> replica.isWanted() && replica.node().filter(on -> on.id().equals(node.id())).isPresent()).count();
    }

    /// What is not as it should be, the worst first.
    List<Finding> trouble() {
        if (!member) {
            return List.of();
        }
        if (!control) {
            return List.of(Finding.wrong("The engine is in a swarm, but no manager of it: no app on it can be deployed or watched",
                    "Run on a manager: docker node promote, with this machine's name"));
        }
        if (!failure.isEmpty()) {
            return List.of(Finding.wrong(failure, "Start the machines of the managers that are away. When they are lost for good, run on this one: docker swarm"
                    + " init --force-new-cluster"));
        }
        List<Finding> trouble = new ArrayList<>();
        machines.stream().filter(machine -> !machine.status().equals("ready")).forEach(machine -> trouble.add(lost(machine)));
        homeless().ifPresent(trouble::add);
        if (machines.size() > 1 && mayFail() == 0) {
            trouble.add(Finding.warning("No manager may fail: " + answeringManagers() + " of " + managers() + " answer, and "
                    + (managers() / 2 + 1) + " are needed to change anything", "Let more machines join as managers, three are enough: swarm:join-command --manager"));
        }
        machines.stream().filter(machine -> machine.node().availability() == SwarmNodeAvailability.PAUSE).forEach(machine -> trouble.add(
                Finding.warning("Node " + machine.node().name() + " takes no new tasks, as a drain was not finished",
                        "Finish it: swarm:node-drain " + machine.node().name() + ", or take it back: swarm:node-activate " + machine.node().name())));
        return trouble;
    }

    private static Finding lost(Machine machine) {
        Node node = machine.node();
        return node.ready()
                ? Finding.wrong("Node " + node.name() + " at " + node.address() + " does not answer from here, but the managers reach it",
                        "Look at the network between this machine and " + node.address())
                : Finding.wrong("Node " + node.name() + " at " + node.address() + " is down", "Start the machine, or forget it, on a manager: docker node rm --force "
                        + node.id());
    }

    private Optional<Finding> homeless() {
        List<Replica> homeless = replicas.stream().filter(Replica::isStuck).toList();
        return homeless.isEmpty() ? Optional.empty() : Optional.of(Finding.wrong("No node takes " + homeless.stream().map(Replica::name).collect(Collectors.joining(", "))
                + ": " + homeless.getFirst().error(), "Let more machines join, or loosen what their apps ask for: scheduler-swarm:report"));
    }
}
