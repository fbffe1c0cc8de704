package hokku.swarm;

import com.github.dockerjava.api.model.SwarmNode;
import com.github.dockerjava.api.model.SwarmNodeAvailability;
import com.github.dockerjava.api.model.Task;
import com.github.dockerjava.api.model.TaskStatusContainerStatus;
import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Attachment;
import hokku.api.Env;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.UserError;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Containers that run one command, and commands in containers that run.
///
/// Managers cannot attach to containers of other nodes. So what a user talks to is a container on the manager's own node, outside of services; what
/// nobody talks to is a service with one task, on whichever node.
final class OneOffs {
    private final SwarmParts parts;
    private final Function<AppName, App> apps;
    private final LocalTasks local;
    private final ServiceTasks services;

    /// @param apps tells an app's settings
    OneOffs(SwarmParts parts, Function<AppName, App> apps) {
        this.parts = parts;
        this.apps = apps;
        this.local = new LocalTasks(parts);
        this.services = new ServiceTasks(parts);
    }

    /// Those outside of services, of all apps of this server.
    List<Instance> instances() {
        return local.list();
    }

    List<Instance> instances(AppId app) {
        return local.list(app);
    }

    /// Ends and removes those of an app that are outside of services.
    void destroy(AppId app) {
        local.remove(app);
    }

    /// Removes what a crash of the server left behind: nobody is attached to it any more.
    void removeOrphans() {
        local.removeOrphans();
        services.removeOrphans();
    }

    int run(ProcessSpec task, Attachment attachment) throws InterruptedException {
        try {
            parts.engine().demandManager();
            App app = apps.apply(task.app());
            // Several may run at once: each has a number of its own, like run.4711.
            int index = ThreadLocalRandom.current().nextInt(1000, 10_000);
            if (task.kind() != ProcessSpec.Kind.RUN) {
                return services.run(app, task, index, TaskStreams.unread(attachment));
            }
            Optional<String> elsewhere = elsewhere(app);
            if (elsewhere.isEmpty()) {
                return local.run(app, task, index, attachment);
            }
            return services.run(app, task, index, TaskStreams.watched(attachment, elsewhere.get()));
        } catch (CancellationException cancelled) {
            throw interrupted(cancelled);
        }
    }

    /// Why a command of the app does not run on the manager; empty when it does.
    private Optional<String> elsewhere(App app) {
        if (app.value(SwarmSettings.RUN_NODE).orElse("").equals(SwarmSettings.ANY_NODE)) {
            return Optional.of("scheduler-swarm:set " + app.name() + " run-node manager gives it both");
        }
        SwarmNode own = ownNode();
        String name = own.getDescription().getHostname();
        if (own.getSpec().getAvailability() != SwarmNodeAvailability.ACTIVE) {
            return Optional.of("the manager " + name + " takes no tasks (" + own.getSpec().getAvailability().name().toLowerCase(java.util.Locale.ROOT) + ")");
        }
        return app.value(SwarmSettings.CONSTRAINTS).orElse(List.of()).stream().filter(constraint -> !Constraints.allow(constraint, own)).findFirst()
                .map(constraint -> "the app's constraint " + constraint + " keeps it from the manager " + name);
    }

    private SwarmNode ownNode() {
        String id = parts.engine().info().getNodeID();
        return parts.engine().client().listSwarmNodesCmd().exec().stream().filter(node -> id.equals(node.getId())).findFirst()
                .orElseThrow(() -> new UserError(UserError.UNAVAILABLE, "The swarm does not know the manager's own node"));
    }

    /// Runs a command in a container that runs.
    int enter(Instance instance, List<String> command, Attachment attachment) throws InterruptedException {
        try {
            Optional<Replica> replica = parts.cluster().replicas(instance.app()).stream().filter(one -> one.name().equals(instance.container())).findFirst();
            String container = replica.isPresent() ? container(replica.get(), command, attachment) : instance.container();
            return parts.engine().engine().exec(container, command, Env.EMPTY, attachment);
        } catch (CancellationException cancelled) {
            throw interrupted(cancelled);
        }
    }

    private String container(Replica replica, List<String> command, Attachment attachment) {
        Instance.State state = replica.instanceState();
        Optional<String> container = replica.container().map(TaskStatusContainerStatus::getContainerID).filter(id -> !id.isEmpty());
        if (state == Instance.State.MISSING) {
            throw new UserError(UserError.FAILED, replica.dyno() + " cannot be entered: "
                    + replica.node().map(node -> "its node " + node.name() + " is lost").orElse("no node takes it"));
        }
        if (state != Instance.State.RUNNING || container.isEmpty()) {
            throw new UserError(UserError.FAILED, "Container is not running");
        }
        if (replica.task().map(Task::getNodeId).filter(parts.engine().info().getNodeID()::equals).isPresent()) {
            return container.get();
        }
        String node = replica.node().map(Node::name).orElse("another node");
        throw new UserError(UserError.FAILED, replica.dyno() + " runs on " + node + ", and a swarm lets nobody enter containers from another node."
                + " Enter it there: ssh " + node + ", then: docker exec " + (attachment.terminal().isPresent() ? "-it " : "-i ") + container.get() + " "
                + command.stream().map(OneOffs::word).collect(Collectors.joining(" ")));
    }

    /// A word as a shell reads it.
    static String word(String word) {
        return word.matches("[A-Za-z0-9_./:=@%+,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /// What a call that was cut off by an interrupt means.
    private static InterruptedException interrupted(CancellationException cause) {
        Thread.interrupted();
        InterruptedException interrupted = new InterruptedException("cancelled");
        interrupted.initCause(cause);
        return interrupted;
    }
}
