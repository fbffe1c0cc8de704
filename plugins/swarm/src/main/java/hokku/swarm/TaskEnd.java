package hokku.swarm;

import com.github.dockerjava.api.model.TaskState;
import com.github.dockerjava.api.model.TaskStatusContainerStatus;
import hokku.api.Check;
import hokku.api.ProcessSpec;
import java.util.Optional;
import java.util.stream.Collectors;

/// Why a task ended that should go on, in words for its owner.
final class TaskEnd {
    private TaskEnd() {}

    static String reason(Replica replica, TaskState state, ProcessSpec spec) {
        Optional<Long> code = replica.container().map(TaskStatusContainerStatus::getExitCodeLong);
        String error = replica.error();
        if (error.contains("No such image") || error.contains("pull access denied") || error.contains("manifest unknown")) {
            return "its node " + TaskVerdict.withoutImage(error, spec.app());
        }
        if (error.contains("unhealthy")) {
            return "it did not pass " + commands(spec);
        }
        if (state == TaskState.COMPLETE) {
            return "it ended with exit code 0, although a process must go on running";
        }
        if (error.contains("non-zero exit") && code.isPresent()) {
            return "it ended with exit code " + code.get() + meaning(code.get());
        }
        return error.isEmpty() ? "the swarm ended it (" + state.getValue() + ")" : error;
    }

    /// The checks that a node makes itself.
    static String commands(ProcessSpec spec) {
        String names = spec.checks().stream().filter(check -> check.probe() instanceof Check.Exec).map(Check::name).collect(Collectors.joining(", "));
        return names.isEmpty() ? "the image's own health check" : "the check " + names;
    }

    private static String meaning(long code) {
        return switch ((int) code) {
            case 126 -> ": its command cannot be executed";
            case 127 -> ": its command was not found";
            case 137 -> ": something killed it, for instance the lack of memory";
            default -> "";
        };
    }
}
