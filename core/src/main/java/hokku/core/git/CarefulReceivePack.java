package hokku.core.git;

import hokku.api.UserError;
import hokku.core.state.FullDisk;
import java.io.IOException;
import java.io.OutputStream;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.TooLargeObjectInPackException;
import org.eclipse.jgit.internal.submodule.SubmoduleValidator.SubmoduleValidationException;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.ReceivePack;

/// Says in plain words why what was sent cannot be taken, where JGit would speak of missing objects.
final class CarefulReceivePack extends ReceivePack {
    /// The largest file: whoever has a larger one has committed a data set by mistake.
    static final long LARGEST_FILE = 1L << 30;

    CarefulReceivePack(Repository repository) {
        super(repository);
        setMaxObjectSizeLimit(LARGEST_FILE);
        setAllowNonFastForwards(true);
        setBiDirectionalPipe(true);
        setCheckReceivedObjects(true);
    }

    @Override
    protected void receivePackAndCheckConnectivity() throws IOException, LargeObjectException, SubmoduleValidationException {
        try {
            super.receivePackAndCheckConnectivity();
        } catch (MissingObjectException missing) {
            if (getClientShallowCommits().isEmpty()) {
                throw missing;
            }
            refuse(new UserError("""
                    This is a shallow clone: it lacks the history that the server needs.
                    Run `git fetch --unshallow`, then push again"""),
                    "shallow clone: run git fetch --unshallow, then push again");
        } catch (TooLargeObjectInPackException large) {
            refuse(new UserError("A file is larger than " + (LARGEST_FILE >> 20) + " MiB, which is the most that a push may hold."
                    + "\nRemove it from the commits that you push, then push again"), "a file is too large");
        } catch (IOException failed) {
            if (!FullDisk.isReasonOf(failed)) {
                throw failed;
            }
            refuse(new UserError(FullDisk.WORDS), "the disk of the server is full");
        }
    }

    private void refuse(UserError reason, String summary) {
        new RemoteOutput(getMessageOutputStream(), OutputStream.nullOutputStream()).warn(reason.getMessage());
        for (ReceiveCommand command : getAllCommands()) {
            command.setResult(ReceiveCommand.Result.REJECTED_OTHER_REASON, summary);
        }
    }
}
