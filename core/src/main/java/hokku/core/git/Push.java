package hokku.core.git;

import hokku.api.AppName;
import hokku.api.Identity;
import hokku.api.SourceTree;

/// A commit that was pushed to an app's deploy branch and is to be deployed. Valid until the push ends.
public interface Push {
    AppName app();

    Identity by();

    /// The full name of the branch, `refs/heads/master`.
    String ref();

    /// The commit that the branch pointed to when it was looked at last, by [#recheck] or as the push began; forty zeros for
    /// none.
    String former();

    /// The commit that is to be deployed.
    String commit();

    SourceTree tree();

    /// Reads the branch again, since another push may have been deployed meanwhile.
    ///
    /// @throws hokku.api.UserError when this commit is no descendant of what the branch points to now, and the push is not forced
    void recheck() throws java.io.IOException;

    /// Moves the branch to the commit; the last act of a deploy that went live. Never interrupted.
    void moveRef() throws java.io.IOException;
}
