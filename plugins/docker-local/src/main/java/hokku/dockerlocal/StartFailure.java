package hokku.dockerlocal;

import com.github.dockerjava.api.exception.DockerException;
import hokku.api.Deployment;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A container that did not come up: which one, and why in words for its owner.
final class StartFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final String container;
    private final String dyno;

    /// @param container the engine's id, empty when there is none
    StartFailure(String container, String dyno, String reason, Throwable cause) {
        super(reason, cause);
        this.container = container;
        this.dyno = dyno;
    }

    StartFailure(String container, String dyno, String reason) {
        this(container, dyno, reason, null);
    }

    /// The engine refused to start it.
    static StartFailure refused(String container, String dyno, ProcessSpec spec, DockerException cause) {
        return new StartFailure(container, dyno, reason(spec, Containers.message(cause)), cause);
    }

    private static String reason(ProcessSpec spec, String message) {
        if (message.contains("port is already allocated") || message.contains("address already in use")) {
            return "a port that it publishes is in use on this host: " + message;
        }
        if (message.contains("executable file not found") || message.contains("no such file or directory")) {
            return "its command " + (spec.command().isEmpty() ? "" : String.join(" ", spec.command()) + " ")
                    + "was not found in the image: " + message;
        }
        if (message.contains("argument list too long")) {
            return "its variables and command are too long, all together";
        }
        return "the engine cannot start it: " + message;
    }

    String container() {
        return container;
    }

    /// What a log is read by.
    Instance instance(Deployment deployment) {
        return new Instance(deployment.app().id(), ProcessSpec.Kind.DEPLOY, ProcessType.WEB, 1, container, "", deployment.id(),
                deployment.release().number(), Instance.State.EXITED, Optional.empty(), OptionalInt.empty(), List.of());
    }

    String dyno() {
        return dyno;
    }
}
