package hokku.api.hook;

import hokku.api.Output;

/// A point before something happens: a handler may return a changed copy, or refuse by throwing.
///
/// Called on the thread of the deploy, which is interrupted when the deploy is cancelled.
///
/// @param <C> what is about to happen
public sealed interface Before<C> extends Hook permits PreBuild, PreRelease, PreDeploy, PreStart, PreRoute {
    /// @return what is to happen: the same value, or a changed copy
    /// @throws hokku.api.UserError to refuse, with a message for the one who deploys
    C before(C about, Output out) throws Exception;
}
