package hokku.swarm;

import com.github.dockerjava.api.model.Task;
import com.github.dockerjava.api.model.TaskState;
import com.github.dockerjava.api.model.TaskStatus;
import com.github.dockerjava.api.model.TaskStatusContainerStatus;
import hokku.api.AppName;
import hokku.api.ProcessSpec;
import java.util.Optional;

/// What the state of a one-off task means.
sealed interface TaskVerdict {
    /// It is on its way.
    record Coming() implements TaskVerdict {}

    /// Its container runs, or is about to.
    record Running() implements TaskVerdict {}

    /// No node takes it now; that may pass.
    record Homeless(String why) implements TaskVerdict {}

    /// Its node does not report to the managers; that may pass.
    record Lost(String node) implements TaskVerdict {}

    /// Its process ended by itself.
    record Ended(int code) implements TaskVerdict {}

    /// It came to nothing, with the reason in words.
    record Failed(String why) implements TaskVerdict {}

    /// @param node where it is, empty when it has no place or that node is not known any more
    static TaskVerdict of(ProcessSpec spec, Task task, Optional<Node> node) {
        TaskStatus status = task.getStatus();
        TaskState state = Optional.ofNullable(status.getState()).orElse(TaskState.NEW);
        String error = Optional.ofNullable(status.getErr()).orElse("");
        String place = node.map(Node::name).orElse("its node");
        return switch (state) {
            case COMPLETE -> new Ended(0);
            case FAILED -> code(status, error).<TaskVerdict>map(Ended::new)
                    .orElseGet(() -> new Failed("could not be started on " + place + ": " + reason(status, error)));
            case REJECTED -> new Failed(isAboutImage(error)
                    ? "could not be started, because " + place + " " + withoutImage(error, spec.app())
                    : "was refused by " + place + ": " + reason(status, error));
            case SHUTDOWN -> new Failed("was ended by the swarm before it was done. Its node " + place + " was drained, lost, or started again");
            case REMOVE -> new Failed("was removed before it was done");
            case ORPHANED -> new Lost(place);
            default -> alive(task, state, error, node);
        };
    }

    /// What is said of a node without an image. Engines do not tell that they do not trust a registry.
    static String withoutImage(String error, AppName app) {
        return "cannot get the image: " + error + ". See registry:report " + app
                + "; where the registry is Hokku's own, run on the node what registry:trust-command prints";
    }

    private static TaskVerdict alive(Task task, TaskState state, String error, Optional<Node> node) {
        if (state.compareTo(TaskState.ASSIGNED) < 0) {
            return error.isEmpty() ? new Coming() : new Homeless(error);
        }
        if (task.getNodeId() != null && node.filter(Node::ready).isEmpty()) {
            return new Lost(node.map(Node::name).orElse(task.getNodeId()));
        }
        return state == TaskState.RUNNING ? new Running() : new Coming();
    }

    /// Empty for a process that never ran: then the engine sets a code of its own.
    private static Optional<Integer> code(TaskStatus status, String error) {
        return error.contains("non-zero exit")
                ? Optional.ofNullable(status.getContainerStatus()).map(TaskStatusContainerStatus::getExitCodeLong).map(Math::toIntExact)
                : Optional.empty();
    }

    private static boolean isAboutImage(String error) {
        return error.contains("No such image") || error.contains("pull access denied") || error.contains("manifest unknown");
    }

    private static String reason(TaskStatus status, String error) {
        return error.isEmpty() ? status.getState().getValue() : error;
    }
}
