package hokku.core.deploy;

import hokku.api.App;
import hokku.api.UserError;

/// What `apps:lock` asks for: no other code goes live until `apps:unlock`. Everything else, such as config, goes on.
final class DeployLock {
    private DeployLock() {}

    /// @throws UserError when the app is locked
    static void demandOpen(App app) {
        if (app.locked()) {
            throw new UserError(app.name() + " currently has a deploy lock in place. Exiting...\nRun 'apps:unlock' to release the"
                    + " existing deploy lock");
        }
    }
}
