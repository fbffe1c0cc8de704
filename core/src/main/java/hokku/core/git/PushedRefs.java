package hokku.core.git;

import hokku.api.AppName;
import hokku.api.Identity;
import hokku.api.UserError;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.ReceiveCommand.Result;
import org.eclipse.jgit.transport.ReceiveCommand.Type;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides about every reference of one push: the branch that is deployed goes live or is refused, the others are stored.
///
/// All of them are moved here, so that nothing is left to do for the protocol but the report.
final class PushedRefs {
    private static final Logger LOG = LoggerFactory.getLogger(PushedRefs.class);
    private static final int LONGEST_REASON = 160;

    private final Repositories repositories;
    private final PushHandler handler;
    private final AppName app;
    private final Identity by;
    private final RemoteOutput out;

    PushedRefs(Repositories repositories, PushHandler handler, AppName app, Identity by, RemoteOutput out) {
        this.repositories = repositories;
        this.handler = handler;
        this.app = app;
        this.by = by;
        this.out = out;
    }

    /// @param commands those that the protocol found no fault with
    /// @param atomic whether all are to be refused when one is
    /// @param refused whether one was refused before
    void decide(List<ReceiveCommand> commands, boolean atomic, boolean refused) {
        try {
            decideAll(commands, atomic, refused);
        } catch (RuntimeException failure) {
            commands.stream().filter(PushedRefs::isOpen).forEach(command -> attempt(command, () -> {
                throw failure;
            }));
        }
    }

    private void decideAll(List<ReceiveCommand> commands, boolean atomic, boolean refused) {
        Optional<String> chosen = handler.deployBranch(app);
        commands.forEach(command -> refuseUnfit(command, chosen));
        if (atomic && (refused || anyRefused(commands))) {
            commands.forEach(command -> refuse(command, "another reference of this push was refused"));
            return;
        }
        for (ReceiveCommand command : commands) {
            if (isOpen(command) && Branches.isDeployed(command.getRefName(), handler.deployBranch(app))) {
                attempt(command, () -> deploy(command));
            }
        }
        if (atomic && anyRefused(commands)) {
            commands.forEach(command -> refuse(command, "another reference of this push was refused"));
        }
        for (ReceiveCommand command : commands) {
            if (isOpen(command)) {
                attempt(command, () -> store(command));
            }
        }
    }

    private void refuseUnfit(ReceiveCommand command, Optional<String> chosen) {
        String ref = command.getRefName();
        if (!ref.startsWith(Constants.R_HEADS) && !ref.startsWith(Constants.R_TAGS)) {
            refuse(command, "only branches and tags can be pushed");
        } else if (command.getType() == Type.DELETE && Branches.isDeployed(ref, chosen)) {
            out.warn(Branches.name(ref) + " is the branch that is deployed, and cannot be deleted.\n"
                    + "To remove the app: apps:destroy " + app);
            refuse(command, "the branch that is deployed cannot be deleted");
        }
    }

    private void deploy(ReceiveCommand command) throws Exception {
        ObjectId commit = command.getNewId();
        CommitFiles files = new CommitFiles(() -> repositories.open(app), commit);
        GitSourceTree tree = new GitSourceTree(files);
        checkIsCommit(command);
        SourceRules.check(tree, files);
        PushedCommit push = new PushedCommit(repositories, handler, app, by, command.getRefName(), command.getOldId().name(),
                commit.name(), command.getType() == Type.UPDATE_NONFASTFORWARD, tree);
        handler.deploy(push, out);
        if (!push.moved()) {
            throw new IllegalStateException("the deploy of " + app + " ended without moving " + command.getRefName());
        }
        command.setResult(Result.OK);
    }

    private void store(ReceiveCommand command) throws Exception {
        String ref = command.getRefName();
        if (command.getType() == Type.DELETE) {
            finish(command, repositories.remove(app, ref));
            return;
        }
        if (ref.startsWith(Constants.R_HEADS)) {
            checkIsCommit(command);
        }
        boolean stored = repositories.store(app, ref, command.getOldId().name(), command.getNewId().name());
        finish(command, stored);
        if (stored && ref.startsWith(Constants.R_HEADS)) {
            String branch = Branches.name(ref);
            String deployed = Branches.shown(handler.deployBranch(app));
            out.warn("%s was stored, not deployed: the branch that is deployed is %s".formatted(branch, deployed));
            out.step("To deploy it: git push <remote> %s:%s".formatted(branch, deployed));
        }
    }

    private void finish(ReceiveCommand command, boolean done) {
        if (done) {
            command.setResult(Result.OK);
        } else {
            refuse(command, "somebody else moved it meanwhile: fetch, then push again");
        }
    }

    private void checkIsCommit(ReceiveCommand command) throws IOException {
        try (var repository = repositories.open(app); RevWalk walk = new RevWalk(repository)) {
            if (!(walk.parseAny(command.getNewId()) instanceof RevCommit)) {
                throw new UserError("A branch needs a commit, and this is a tag's own object.\n"
                        + "Push the commit that the tag names: git push <remote> <tag>^{commit}:"
                                + Branches.name(command.getRefName()));
            }
        }
    }

    private interface Attempt {
        void run() throws Exception;
    }

    /// One reference's failure is its own: the others of the push go on.
    private void attempt(ReceiveCommand command, Attempt attempt) {
        try {
            attempt.run();
        } catch (UserError error) {
            out.warn(error.getMessage());
            refuse(command, error.getMessage());
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            out.warn("Cancelled");
            refuse(command, "cancelled");
        } catch (Exception | LinkageError | OutOfMemoryError defect) {
            String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
            LOG.error("The push of {} to {} failed (log id {})", command.getRefName(), app, id, defect);
            out.warn("The push failed because of a defect: " + defect.getMessage() + " (log id " + id + ")");
            refuse(command, "internal error, log id " + id);
        }
    }

    private static void refuse(ReceiveCommand command, String message) {
        if (command.getResult() == Result.NOT_ATTEMPTED) {
            String reason = message.lines().findFirst().orElse("refused").replaceAll("\\p{Cntrl}", " ");
            command.setResult(Result.REJECTED_OTHER_REASON,
                    reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) + "…" : reason);
        }
    }

    private static boolean isOpen(ReceiveCommand command) {
        return command.getResult() == Result.NOT_ATTEMPTED;
    }

    private static boolean anyRefused(List<ReceiveCommand> commands) {
        return commands.stream().anyMatch(command -> !isOpen(command) && command.getResult() != Result.OK);
    }
}
