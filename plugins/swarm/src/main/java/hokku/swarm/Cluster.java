package hokku.swarm;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.SwarmNode;
import com.github.dockerjava.api.model.Task;
import com.github.dockerjava.api.model.TaskState;
import hokku.api.AppId;
import hokku.api.Engine;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// What the managers know of this server's services, their tasks and the nodes.
final class Cluster {
    private static final Comparator<Replica> ORDER = Comparator.comparing((Replica replica) -> replica.service().process())
            .thenComparing(Replica::index).thenComparing(replica -> replica.service().release()).thenComparing(Replica::name);

    /// How tasks end without anybody asking them to.
    private static final Set<TaskState> ENDED = EnumSet.of(TaskState.COMPLETE, TaskState.FAILED, TaskState.REJECTED, TaskState.ORPHANED);

    private final SwarmEngine engine;
    private final Predicate<Node> reachable;

    /// All that one look finds.
    ///
    /// @param nodes as the managers see them
    record View(List<Replica> replicas, Collection<Node> nodes) {
        static final View EMPTY = new View(List.of(), List.of());
    }

    /// @param reachable whether a node can be reached from here, as far as that is known
    Cluster(SwarmEngine engine, Predicate<Node> reachable) {
        this.engine = engine;
        this.reachable = reachable;
    }

    /// Those of one app, of every kind.
    List<Replica> replicas(AppId app) {
        return replicas(Map.of(Labels.ID, app.value()));
    }

    /// Those of one deployment.
    List<Replica> replicas(AppId app, String deploy) {
        return replicas(Map.of(Labels.ID, app.value(), Labels.DEPLOY, deploy));
    }

    /// Those of all apps of this server.
    List<Replica> replicas() {
        return replicas(Map.of());
    }

    /// What there is of all apps of this server at this moment, and the machines; without services neither is asked for.
    View view() {
        return view(Map.of());
    }

    private List<Replica> replicas(Map<String, String> labels) {
        return view(labels).replicas();
    }

    private View view(Map<String, String> labels) {
        Map<String, String> filter = new HashMap<>(labels);
        filter.put(Engine.INSTANCE_LABEL, engine.instance());
        try {
            DockerClient client = engine.client();
            List<Deployed> services = services(client, filter);
            // Without services there is nothing to ask of the nodes: an engine that is in no swarm gets this far.
            if (services.isEmpty()) {
                return View.EMPTY;
            }
            Map<String, Node> nodes = nodes(client);
            return new View(probed(replicas(services, client.listTasksCmd().withLabelFilter(filter).exec(), nodes), reachable), nodes.values());
        } catch (DockerException failed) {
            throw SwarmEngine.translated("The swarm cannot tell what runs", failed);
        }
    }

    private List<Deployed> services(DockerClient client, Map<String, String> filter) {
        try {
            return client.listServicesCmd().withLabelFilter(filter).exec().stream().flatMap(Deployed::of).toList();
        } catch (DockerException failed) {
            if (!engine.isMember()) {
                return List.of();
            }
            throw failed;
        }
    }

    /// The services of one app, of every kind.
    List<Deployed> services(AppId app) {
        try {
            return services(engine.client(), Map.of(Engine.INSTANCE_LABEL, engine.instance(), Labels.ID, app.value()));
        } catch (DockerException failed) {
            throw SwarmEngine.translated("The swarm cannot tell what runs", failed);
        }
    }

    /// The services of all apps of this server, of every kind.
    List<Deployed> services() {
        try {
            return services(engine.client(), Map.of(Engine.INSTANCE_LABEL, engine.instance()));
        } catch (DockerException failed) {
            throw SwarmEngine.translated("The swarm cannot tell what runs", failed);
        }
    }

    /// The machines of the swarm, by their ids.
    Map<String, Node> nodes() {
        try {
            Map<String, Node> nodes = nodes(engine.client());
            nodes.replaceAll((id, node) -> probed(node, reachable));
            return nodes;
        } catch (DockerException failed) {
            throw SwarmEngine.translated("The swarm cannot tell its nodes", failed);
        }
    }

    private Map<String, Node> nodes(DockerClient client) {
        Map<String, Node> nodes = new LinkedHashMap<>();
        for (SwarmNode listed : client.listSwarmNodesCmd().exec()) {
            Node node = Node.of(listed);
            nodes.put(node.id(), node);
        }
        return nodes;
    }

    private static Node probed(Node node, Predicate<Node> reachable) {
        return node.ready() && !reachable.test(node) ? node.lost() : node;
    }

    /// Takes nodes that cannot be reached for lost before the managers miss them, but never all that answers of a process: then the managers
    /// may know better.
    static List<Replica> probed(List<Replica> replicas, Predicate<Node> reachable) {
        List<Replica> probed = new ArrayList<>();
        replicas.stream().collect(Collectors.groupingBy(replica -> List.of(replica.service().app(), replica.service().kind(),
                replica.service().process(), replica.service().deploy()))).values().forEach(ofProcess -> {
                    List<Replica> rest = ofProcess.stream().map(replica -> replica.on(replica.node().map(node -> probed(node, reachable)))).toList();
                    probed.addAll(answers(ofProcess) && !answers(rest) ? ofProcess : rest);
                });
        probed.sort(ORDER);
        return probed;
    }

    private static boolean answers(List<Replica> replicas) {
        return replicas.stream().anyMatch(replica -> !replica.instance().endpoints().isEmpty());
    }

    static List<Replica> replicas(List<Deployed> services, List<Task> tasks, Map<String, Node> nodes) {
        Map<String, List<Task>> byService = tasks.stream().filter(task -> task.getServiceId() != null)
                .collect(Collectors.groupingBy(Task::getServiceId));
        List<Replica> replicas = new ArrayList<>();
        for (Map.Entry<Deployed, Integer> numbered : numbered(services).entrySet()) {
            Deployed service = numbered.getKey();
            int index = numbered.getValue();
            List<Task> ofService = byService.getOrDefault(service.id(), List.of());
            for (Map.Entry<Integer, Optional<Task>> place : places(service, ofService).entrySet()) {
                Optional<Node> node = place.getValue().map(Task::getNodeId).map(nodes::get);
                replicas.add(new Replica(service, place.getKey(), index, place.getValue(), ended(place.getKey(), place.getValue(), ofService), node));
                index++;
            }
        }
        replicas.sort(ORDER);
        return replicas;
    }

    /// The index of each service's first task.
    ///
    /// Several services can be there for the same indexes while one takes the place of another: the newest proven one has them, and what it
    /// supersedes, or what has still to be proven, comes after all of these.
    private static Map<Deployed, Integer> numbered(List<Deployed> services) {
        Map<Deployed, Integer> numbered = new LinkedHashMap<>();
        services.stream().collect(Collectors.groupingBy(service -> List.of(service.app(), service.kind(), service.process(), service.deploy())))
                .values().forEach(ofProcess -> number(ofProcess, numbered));
        return numbered;
    }

    private static void number(List<Deployed> ofProcess, Map<Deployed, Integer> numbered) {
        Set<Integer> taken = new HashSet<>();
        List<Deployed> others = new ArrayList<>();
        List<Deployed> newestFirst = ofProcess.stream().sorted(Comparator.comparing((Deployed service) -> !service.proven())
                .thenComparing(Deployed::created, Comparator.reverseOrder())).toList();
        for (Deployed service : newestFirst) {
            List<Integer> range = java.util.stream.IntStream.range(service.first(), service.end()).boxed().toList();
            if (service.proven() && range.stream().noneMatch(taken::contains)) {
                taken.addAll(range);
                numbered.put(service, service.first());
            } else {
                others.add(service);
            }
        }
        int next = taken.stream().max(Integer::compare).orElse(0) + 1;
        for (Deployed service : others) {
            numbered.put(service, Math.max(next, service.first()));
            next = Math.max(next, service.first()) + service.count();
        }
    }

    /// What holds each place of a service now.
    private static SortedMap<Integer, Optional<Task>> places(Deployed service, List<Task> tasks) {
        SortedMap<Integer, Optional<Task>> places = new TreeMap<>();
        tasks.stream().filter(task -> task.getSlot() != null && (service.replicas() == 0 || isListed(task)))
                .forEach(task -> places.merge(task.getSlot(), Optional.of(task), (one, other) -> Optional.of(newer(one.get(), other.get()))));
        // Places that an earlier number of tasks had are history.
        while (places.size() > service.count()) {
            int history = places.entrySet().stream().filter(place -> !isMeant(place.getValue().get())).map(Map.Entry::getKey)
                    .reduce((first, second) -> second).orElse(places.lastKey());
            places.remove(history);
        }
        for (int slot = 1; places.size() < service.count(); slot++) {
            places.putIfAbsent(slot, Optional.empty());
        }
        return places;
    }

    /// The last task of a place that ended before the one that holds it now.
    private static Optional<Task> ended(int slot, Optional<Task> holder, List<Task> tasks) {
        return tasks.stream().filter(task -> Integer.valueOf(slot).equals(task.getSlot()) && holder.filter(task::equals).isEmpty())
                .filter(task -> ENDED.contains(task.getStatus().getState())).max(Comparator.comparing(Task::getCreatedAt));
    }

    private static boolean isListed(Task task) {
        return task.getDesiredState() != TaskState.REMOVE;
    }

    private static boolean isMeant(Task task) {
        return task.getDesiredState() != null && task.getDesiredState().compareTo(TaskState.RUNNING) <= 0;
    }

    /// The task that is wanted, else the one that came last.
    private static Task newer(Task one, Task other) {
        if (isMeant(one) != isMeant(other)) {
            return isMeant(one) ? one : other;
        }
        return one.getCreatedAt().compareTo(other.getCreatedAt()) >= 0 ? one : other;
    }
}
