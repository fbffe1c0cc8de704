package hokku.swarm;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.api.model.LocalNodeState;
import com.github.dockerjava.api.model.SwarmInfo;
import hokku.api.Engine;
import hokku.api.UserError;
import java.util.function.Supplier;

/// The engine of a manager of the swarm. Safe for use by several threads.
final class SwarmEngine {
    private final Supplier<Engine> manager;

    /// @param manager the engine to ask, which may be another one after a change of the settings
    SwarmEngine(Supplier<Engine> manager) {
        this.manager = manager;
    }

    Engine engine() {
        return manager.get();
    }

    String instance() {
        return manager.get().instance();
    }

    /// @throws UserError with exit code 69 when the engine does not answer
    DockerClient client() {
        return manager.get().client();
    }

    /// What the engine says of its swarm.
    SwarmInfo info() {
        return client().infoCmd().exec().getSwarm();
    }

    /// Whether the engine is part of a swarm at all, however that one is.
    boolean isMember() {
        return isMember(info());
    }

    static boolean isMember(SwarmInfo info) {
        LocalNodeState state = info.getLocalNodeState();
        return state != null && state != LocalNodeState.INACTIVE && state != LocalNodeState.EMPTY;
    }

    /// @throws UserError when the engine cannot tell of a swarm, with what to do
    void demandManager() {
        // The engine starts programs to answer this: asked once.
        Info info = client().infoCmd().exec();
        if (!isMember(info.getSwarm())) {
            throw new UserError("The engine is in no swarm. Make one with swarm:init, or name a manager of yours with scheduler-swarm:set --global manager");
        }
        if (!Boolean.TRUE.equals(info.getSwarm().getControlAvailable())) {
            throw new UserError(UserError.UNAVAILABLE, "The engine is no manager of its swarm. On a manager, run: docker node promote " + info.getName());
        }
    }

    /// What an answer that is no success means to the one who asked.
    static UserError translated(String what, DockerException failed) {
        String message = message(failed);
        if (isLeaderless(message)) {
            return new UserError(UserError.UNAVAILABLE, what + ": the swarm has no leader, because too many of its managers are away. What runs goes on."
                    + " Bring managers back, see swarm:nodes", failed);
        }
        return new UserError(UserError.FAILED, what + ": " + message, failed);
    }

    static boolean isLeaderless(String message) {
        return message.contains("does not have a leader") || message.contains("too few managers are online") || message.contains("context deadline exceeded")
                || message.contains("no elected primary cluster manager");
    }

    /// What the engine said, without its envelope.
    static String message(DockerException failed) {
        String text = String.valueOf(failed.getMessage());
        int start = text.indexOf("\"message\":\"");
        int end = text.lastIndexOf('"');
        String message = start >= 0 && end > start + 11 ? text.substring(start + 11, end).replace("\\\"", "\"").replace("\\n", " ").strip() : text;
        return message.replaceFirst("^rpc error: code = \\w+ desc = ", "");
    }
}
