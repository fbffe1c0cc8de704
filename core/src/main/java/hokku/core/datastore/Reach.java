package hokku.core.datastore;

import hokku.api.App;

/// Sees to it that an app's containers reach what the app is linked to.
public interface Reach {
    /// @throws hokku.api.UserError when that is not possible
    void reach(App app) throws InterruptedException;
}
