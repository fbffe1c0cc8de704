package hokku.core.git;

import hokku.api.AppName;
import hokku.api.Identity;
import hokku.api.SourceTree;
import hokku.api.UserError;
import java.io.IOException;

/// A commit on its way: knows what the branch pointed to when it was looked at last.
final class PushedCommit implements Push {
    private final Repositories repositories;
    private final PushHandler handler;
    private final AppName app;
    private final Identity by;
    private final String ref;
    private final String commit;
    private final boolean forced;
    private final SourceTree tree;
    /// What the branch must point to when it is moved. These are guarded by this.
    private String expected;
    private boolean moved;

    PushedCommit(Repositories repositories, PushHandler handler, AppName app, Identity by, String ref, String former,
            String commit, boolean forced, SourceTree tree) {
        this.repositories = repositories;
        this.handler = handler;
        this.app = app;
        this.by = by;
        this.ref = ref;
        this.commit = commit;
        this.forced = forced;
        this.tree = tree;
        this.expected = former;
    }

    @Override
    public AppName app() {
        return app;
    }

    @Override
    public Identity by() {
        return by;
    }

    @Override
    public String ref() {
        return ref;
    }

    @Override
    public synchronized String former() {
        return expected;
    }

    @Override
    public String commit() {
        return commit;
    }

    @Override
    public SourceTree tree() {
        return tree;
    }

    @Override
    public synchronized void recheck() throws IOException {
        handler.deployBranch(app).map(Branches::ref).filter(deployed -> !deployed.equals(ref)).ifPresent(deployed -> {
            throw new UserError(("%s became the branch that is deployed while this push waited.\n"
                    + "To deploy this commit: git push <remote> %s:%s").formatted(Branches.name(deployed), Branches.name(ref),
                            Branches.name(deployed)));
        });
        String now = repositories.tip(app, ref).orElse(Repositories.NO_COMMIT);
        boolean changed = !now.equals(expected) && !now.equals(Repositories.NO_COMMIT);
        if (changed && !forced && !repositories.follows(app, commit, now)) {
            throw new UserError(("%s was moved to %.8s while this push waited, and %.8s does not build on that.\n"
                    + "Fetch and merge it, then push again").formatted(Branches.name(ref), now, commit));
        }
        expected = now;
    }

    @Override
    public synchronized void moveRef() throws IOException {
        if (!repositories.moveRef(app, ref, expected, commit)) {
            throw new IOException(ref + " of " + app + " no longer points to " + expected + ", so it was not moved to " + commit);
        }
        moved = true;
    }

    synchronized boolean moved() {
        return moved;
    }
}
