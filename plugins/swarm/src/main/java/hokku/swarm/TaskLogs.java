package hokku.swarm;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.LogContainerCmd;
import com.github.dockerjava.api.command.LogSwarmObjectCmd;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.Task;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.containers.MergedLogs;
import java.util.Optional;

/// What the tasks of a swarm wrote, from whichever node: the managers fetch it.
final class TaskLogs implements MergedLogs.Source {
    private final SwarmEngine engine;
    private final Cluster cluster;

    private TaskLogs(SwarmEngine engine, Cluster cluster) {
        this.engine = engine;
        this.cluster = cluster;
    }

    static MergedLogs of(SwarmEngine engine, Cluster cluster) {
        return new MergedLogs(new TaskLogs(engine, cluster));
    }

    @Override
    public void open(Instance of, MergedLogs.Wanted wanted, ResultCallback<Frame> frames) {
        Optional<Replica> replica = cluster.replicas(of.app()).stream().filter(one -> one.name().equals(of.container())).findFirst();
        if (replica.isEmpty() && of.kind() == ProcessSpec.Kind.RUN) {
            openOutside(of, wanted, frames);
            return;
        }
        Optional<String> task = replica.flatMap(TaskLogs::latest).map(Task::getId);
        if (task.isEmpty()) {
            frames.onComplete();
            return;
        }
        LogSwarmObjectCmd command = engine.client().logTaskCmd(task.get()).withStdout(true).withStderr(true).withTimestamps(true)
                .withFollow(wanted.follow());
        wanted.last().ifPresent(command::withTail);
        wanted.since().ifPresent(command::withSince);
        command.exec(frames);
    }

    /// That of a container outside of services, on the manager's own node.
    private void openOutside(Instance of, MergedLogs.Wanted wanted, ResultCallback<Frame> frames) {
        LogContainerCmd command = engine.client().logContainerCmd(of.container()).withStdOut(true).withStdErr(true).withTimestamps(true)
                .withFollowStream(wanted.follow());
        wanted.last().ifPresentOrElse(command::withTail, command::withTailAll);
        wanted.since().ifPresent(command::withSince);
        command.exec(frames);
    }

    /// One that has not started yet wrote nothing: how the former one ended is what matters.
    private static Optional<Task> latest(Replica replica) {
        return replica.container().filter(container -> container.getContainerID() != null).isPresent() ? replica.task()
                : replica.ended().or(replica::task);
    }
}
