package hokku.swarm;

import com.github.dockerjava.api.model.Task;
import com.github.dockerjava.api.model.TaskState;
import com.github.dockerjava.api.model.TaskStatus;
import com.github.dockerjava.api.model.TaskStatusContainerStatus;
import hokku.api.Endpoint;
import hokku.api.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// One of the places of a service, which the swarm fills with one task after the other.
///
/// @param slot counts the places of the service
/// @param index counts the containers of the process
/// @param task the one that holds the place now, empty for none
/// @param ended the one that held it before and ended by itself, as far as the swarm still knows it
/// @param node where the task is, empty when it has no place or the node is not known any more
record Replica(Deployed service, int slot, int index, Optional<Task> task, Optional<Task> ended, Optional<Node> node) {
    /// A name that stays when the swarm puts another task in the place.
    String name() {
        return service.name() + "." + slot;
    }

    String dyno() {
        return service.process() + "." + index;
    }

    Optional<TaskState> state() {
        return task.map(Task::getStatus).map(TaskStatus::getState);
    }

    /// The same place, counted as it will be once its service is proven.
    Replica asMeant() {
        return new Replica(service, slot, service.first() + slot - 1, task, ended, node);
    }

    /// The same place, held by the task that ended.
    Replica atEnd(Map<String, Node> nodes) {
        return new Replica(service, slot, index, ended, Optional.empty(), ended.map(Task::getNodeId).map(nodes::get));
    }

    /// Whether the task is on its way, or runs, as far as its node told.
    boolean isWanted() {
        return task.filter(one -> one.getDesiredState() != null && one.getDesiredState().compareTo(TaskState.RUNNING) <= 0).isPresent();
    }

    Optional<TaskStatusContainerStatus> container() {
        return task.map(Task::getStatus).map(TaskStatus::getContainerStatus);
    }

    /// When the task came into its state.
    Optional<Instant> since() {
        return task.map(Task::getStatus).map(TaskStatus::getTimestamp).map(Instant::parse);
    }

    /// Where the ports of the task answer: the container's to the node's.
    ///
    /// A node chooses a port for IPv4 and one for IPv6, in this order and without saying which is which. Mostly they are the same, but not when
    /// one of them is taken.
    Map<Integer, Integer> ports() {
        Map<Integer, Integer> ports = new HashMap<>();
        boolean last = node.filter(one -> one.address().contains(":")).isPresent();
        task.ifPresent(one -> published(one).forEach(port -> {
            if (port instanceof Map<?, ?> known && known.get("TargetPort") instanceof Number target
                    && known.get("PublishedPort") instanceof Number at) {
                ports.merge(target.intValue(), at.intValue(), (first, further) -> last ? further : first);
            }
        }));
        return ports;
    }

    /// The same with another opinion of its node.
    Replica on(Optional<Node> other) {
        return new Replica(service, slot, index, task, ended, other);
    }

    Instance instance() {
        Instance.State state = instanceState();
        boolean runs = state == Instance.State.RUNNING;
        return new Instance(service.app(), service.kind(), service.process(), index, name(), node.map(Node::name).orElse(""), service.deploy(),
                service.release(), state, runs ? since() : Optional.empty(), exitCode(), runs ? endpoints() : List.of());
    }

    /// What the node said last, unless it is lost.
    Instance.State instanceState() {
        if (task.isEmpty()) {
            return service.replicas() == 0 ? Instance.State.EXITED : Instance.State.CREATED;
        }
        TaskState state = state().orElse(TaskState.NEW);
        if (state.compareTo(TaskState.RUNNING) > 0) {
            return Instance.State.EXITED;
        }
        if (node.isPresent() && !node.get().ready()) {
            return Instance.State.MISSING;
        }
        if (state == TaskState.RUNNING) {
            return Instance.State.RUNNING;
        }
        if (isStuck()) {
            return Instance.State.MISSING;
        }
        return ended.isPresent() ? Instance.State.RESTARTING : Instance.State.CREATED;
    }

    /// Whether no node takes the task, as far as the swarm found out.
    boolean isStuck() {
        return state().filter(state -> state == TaskState.PENDING).isPresent() && !error().isEmpty();
    }

    /// Whether no node takes the task and some would if less ran there.
    boolean lacksRoom() {
        return isStuck() && (error().contains("insufficient resources") || error().contains("port already in use"));
    }

    /// What went wrong with the task, in the swarm's words; empty for nothing.
    String error() {
        return task.map(Task::getStatus).map(TaskStatus::getErr).orElse("");
    }

    private OptionalInt exitCode() {
        return instanceState() == Instance.State.EXITED
                ? container().map(TaskStatusContainerStatus::getExitCodeLong).map(code -> OptionalInt.of(Math.toIntExact(code))).orElse(OptionalInt.empty())
                : OptionalInt.empty();
    }

    List<Endpoint> endpoints() {
        List<Endpoint> endpoints = new ArrayList<>();
        Map<Integer, Integer> published = ports();
        for (int port : service.ports()) {
            if (published.containsKey(port) && node.isPresent()) {
                endpoints.add(Endpoint.of(service.process(), index, port, node.get().address(), published.get(port)));
            }
        }
        return endpoints;
    }

    /// The part of a task that the client library has no type for.
    private static List<?> published(Task task) {
        return task.getRawValues().get("Status") instanceof Map<?, ?> status && status.get("PortStatus") instanceof Map<?, ?> known
                && known.get("Ports") instanceof List<?> ports ? ports : List.of();
    }
}
