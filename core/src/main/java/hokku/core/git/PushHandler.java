package hokku.core.git;

import hokku.api.AppName;
import hokku.api.Identity;
import hokku.api.Output;
import java.util.Optional;

/// What git needs of the rest of the server.
public interface PushHandler {
    /// Makes sure that the app is there before anything of its repository is shown: a push may create it.
    ///
    /// @throws hokku.api.UserError when there is no such app, or this identity may not do that
    void admit(AppName app, Identity by, boolean push) throws Exception;

    /// The branch whose pushes are deployed, without `refs/heads/`; empty until the first of `master` and `main` was deployed.
    Optional<String> deployBranch(AppName app);

    /// Deploys, and moves the branch by [Push#moveRef] once the release is live.
    ///
    /// @throws hokku.api.UserError when the push is to be refused, with the reason
    void deploy(Push push, Output out) throws Exception;
}
