package hokku.core.git;

import hokku.api.AppName;
import hokku.api.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.eclipse.jgit.errors.UnpackException;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a push. The deploy happens before the references are reported, so a deploy that fails refuses the push.
public final class GitReceive {
    private static final Logger LOG = LoggerFactory.getLogger(GitReceive.class);
    private static final Duration PULSE = Duration.ofSeconds(10);

    private final Repositories repositories;
    private final PushHandler handler;
    private final Duration pulse;

    public GitReceive(Repositories repositories, PushHandler handler) {
        this(repositories, handler, PULSE);
    }

    GitReceive(Repositories repositories, PushHandler handler, Duration pulse) {
        this.repositories = repositories;
        this.handler = handler;
        this.pulse = pulse;
    }

    /// Speaks git's protocol until the push has ended.
    ///
    /// @return the exit code for the client
    /// @throws InterruptedException when the client is gone
    public int receive(AppName app, Identity by, InputStream in, OutputStream out, OutputStream err) throws InterruptedException {
        return Admission.admitted(handler, app, by, true, out, () -> {
            repositories.create(app);
            try (Repository repository = repositories.open(app)) {
                return receive(repository, app, by, in, out, err);
            }
        });
    }

    private int receive(Repository repository, AppName app, Identity by, InputStream in, OutputStream out, OutputStream err)
            throws InterruptedException {
        CarefulReceivePack pack = new CarefulReceivePack(repository);
        // JGit forgets its commands when the push ends.
        List<ReceiveCommand> seen = new ArrayList<>();
        pack.setPreReceiveHook((ignored, commands) -> {
            seen.addAll(pack.getAllCommands());
            decide(pack, commands, app, by, out);
        });
        try {
            pack.receive(in, out, err);
        } catch (UnpackException unusable) {
            LOG.warn("What was pushed to {} could not be stored: {}", app, unusable.getCause().toString());
            return 1;
        } catch (IOException gone) {
            LOG.debug("The push to {} broke off", app, gone);
            return 1;
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("the push to " + app + " was cancelled");
        }
        return seen.stream().allMatch(command -> command.getResult() == ReceiveCommand.Result.OK) ? 0 : 1;
    }

    private void decide(CarefulReceivePack pack, Collection<ReceiveCommand> commands, AppName app, Identity by,
            OutputStream connection) {
        RemoteOutput out = new RemoteOutput(pack.getMessageOutputStream(), connection);
        PushedRefs refs = new PushedRefs(repositories, handler, app, by, out);
        boolean refused = commands.size() < pack.getAllCommands().size();
        if (!pack.isSideBand()) {
            refs.decide(List.copyOf(commands), pack.isAtomic(), refused);
            return;
        }
        Thread keeper = Thread.ofVirtual().name("keep-alive of a push to " + app).start(() -> keepAlive(out));
        try {
            refs.decide(List.copyOf(commands), pack.isAtomic(), refused);
        } finally {
            end(keeper);
        }
    }

    private void keepAlive(RemoteOutput out) {
        try {
            while (true) {
                Thread.sleep(pulse);
                out.keepAlive();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits until it writes no more, since the report comes next on the same connection.
    private static void end(Thread keeper) {
        boolean interrupted = false;
        keeper.interrupt();
        while (keeper.isAlive()) {
            try {
                keeper.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
