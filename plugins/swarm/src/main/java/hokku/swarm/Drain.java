package hokku.swarm;

import com.github.dockerjava.api.model.SwarmNodeAvailability;
import com.github.dockerjava.api.model.TaskState;
import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Output;
import hokku.api.ProcessSpec;
import hokku.api.UserError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Empties a node without a failed request: a drain by itself ends all tasks of the node before others have taken their place.
///
/// So the node takes no new tasks at first, each app on it is rolled out anew, and only when nothing is left is it drained.
final class Drain {
    private static final Duration LOOK = Duration.ofMillis(200);

    private final Swarm swarm;
    private final Apps apps;
    private final Output out;
    private final Duration patience;

    /// What is done to the swarm, and known of it.
    interface Swarm {
        List<Replica> replicas();

        Collection<Node> nodes();

        void set(SwarmNodeAvailability availability);
    }

    /// @param patience how long what has to end may take, in all
    Drain(Swarm swarm, Apps apps, Output out, Duration patience) {
        this.swarm = swarm;
        this.apps = apps;
        this.out = out;
        this.patience = patience;
    }

    /// @throws UserError when something could not leave the node, which takes no new tasks then, but goes on with those that it has
    void empty(Node node) throws InterruptedException {
        demandAnother(node);
        if (node.availability() == SwarmNodeAvailability.ACTIVE) {
            out.step("Node " + node.name() + " takes no new tasks from now on");
            swarm.set(SwarmNodeAvailability.PAUSE);
        }
        Map<AppName, String> stayed = new TreeMap<>();
        Map<AppId, App> known = apps.list().stream().map(apps::find).flatMap(Optional::stream).collect(Collectors.toMap(App::id, app -> app));
        for (AppId id : served(node)) {
            Optional<App> app = Optional.ofNullable(known.get(id));
            if (app.isPresent()) {
                move(app.get().name(), node, stayed);
            } else {
                out.warn("Tasks of an app that is not there any more (" + id + ") run on " + node.name() + "; they end with it");
            }
        }
        if (stayed.isEmpty()) {
            awaitEmpty(node, known, stayed);
        }
        if (!stayed.isEmpty()) {
            throw new UserError(stuck(node, stayed));
        }
        swarm.set(SwarmNodeAvailability.DRAIN);
        out.step("Node " + node.name() + " is drained");
    }

    private void demandAnother(Node node) {
        if (swarm.nodes().stream().noneMatch(other -> !other.id().equals(node.id()) && other.ready() && other.availability() == SwarmNodeAvailability.ACTIVE)) {
            throw new UserError("Node " + node.name() + " stays as it is: no other node is ready and active to take its tasks. See swarm:nodes");
        }
    }

    private void move(AppName app, Node node, Map<AppName, String> stayed) throws InterruptedException {
        out.step("Moving " + app + " away from " + node.name());
        try {
            apps.restart(app, out);
        } catch (UserError failed) {
            out.warn(app + " stays on " + node.name() + ": " + failed.getMessage());
            stayed.put(app, failed.getMessage());
        }
    }

    /// The former containers of an app serve until their last requests are answered; tasks that somebody waits for end by themselves.
    private void awaitEmpty(Node node, Map<AppId, App> known, Map<AppName, String> stayed) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean told = false;
        while (true) {
            List<Replica> left = swarm.replicas().stream().filter(replica -> isOn(replica, node) && known.containsKey(replica.service().app())).toList();
            if (left.isEmpty()) {
                return;
            }
            if (!told) {
                out.detail("Waiting until what runs there has ended: " + names(left));
                told = true;
            }
            if (System.nanoTime() > deadline) {
                left.forEach(replica -> stayed.merge(known.get(replica.service().app()).name(), replica.name() + " still runs",
                        (one, other) -> one + ", " + other));
                return;
            }
            Thread.sleep(LOOK);
        }
    }

    private SortedSet<AppId> served(Node node) {
        SortedSet<AppId> served = new TreeSet<>(Comparator.comparing(AppId::value));
        swarm.replicas().stream().filter(replica -> isOn(replica, node) && replica.service().kind() == ProcessSpec.Kind.DEPLOY)
                .forEach(replica -> served.add(replica.service().app()));
        return served;
    }

    private static boolean isOn(Replica replica, Node node) {
        return replica.node().filter(on -> on.id().equals(node.id())).isPresent()
                && replica.state().filter(state -> state.compareTo(TaskState.RUNNING) <= 0).isPresent();
    }

    private static String names(List<Replica> replicas) {
        return replicas.stream().map(Replica::name).sorted().collect(Collectors.joining(", "));
    }

    private static String stuck(Node node, Map<AppName, String> stayed) {
        List<String> reasons = new ArrayList<>();
        stayed.forEach((app, reason) -> reasons.add(app + " (" + reason + ")"));
        return "Node " + node.name() + " is not drained, but takes no new tasks: " + String.join("; ", reasons) + ". Try again, take it back with"
                + " swarm:node-activate " + node.name() + ", or end what runs there at once: swarm:node-drain --force " + node.name();
    }
}
