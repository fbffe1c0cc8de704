package hokku.core.deploy;

import hokku.api.App;
import hokku.api.spi.Scheduler;

/// Sees to it that an app's containers reach the services that the app is linked to.
public interface Reach {
    /// Called before containers start; nothing happens where all is well.
    ///
    /// @throws hokku.api.UserError when a service cannot be reached
    void reach(Scheduler scheduler, App app) throws InterruptedException;
}
