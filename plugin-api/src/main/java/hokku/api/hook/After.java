package hokku.api.hook;

import hokku.api.Output;

/// A point after something happened. Called on the thread of the deploy.
///
/// @param <C> what happened
public sealed interface After<C> extends Hook permits PostBuild, PostRelease, PostDeploy {
    /// @throws hokku.api.UserError to refuse the deploy; after [PostDeploy] it only warns, since the release is live
    void after(C done, Output out) throws Exception;
}
