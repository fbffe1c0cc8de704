package hokku.dockerlocal;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.LogContainerCmd;
import com.github.dockerjava.api.model.Frame;
import hokku.api.Engine;
import hokku.api.Instance;
import hokku.containers.MergedLogs;

/// What containers of this server's engine wrote.
final class ContainerLogs implements MergedLogs.Source {
    private final Engine engine;

    private ContainerLogs(Engine engine) {
        this.engine = engine;
    }

    static MergedLogs of(Engine engine) {
        return new MergedLogs(new ContainerLogs(engine));
    }

    @Override
    public void open(Instance of, MergedLogs.Wanted wanted, ResultCallback<Frame> frames) {
        LogContainerCmd command = engine.client().logContainerCmd(of.container()).withStdOut(true).withStdErr(true).withTimestamps(true)
                .withFollowStream(wanted.follow());
        wanted.last().ifPresentOrElse(command::withTail, command::withTailAll);
        wanted.since().ifPresent(command::withSince);
        command.exec(frames);
    }
}
