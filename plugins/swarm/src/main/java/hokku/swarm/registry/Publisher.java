package hokku.swarm.registry;

import hokku.api.App;
import hokku.api.Output;

/// Brings images of the server's engine to where every node can get them.
public interface Publisher {
    /// Returns at once when the image is there already. Safe for use by several threads.
    ///
    /// @param release the number that it gets as tag
    /// @param image the image's id on the server's engine
    /// @param out tells what is done
    /// @throws hokku.api.UserError when it cannot be done, with what to do
    Published publish(App app, int release, String image, Output out) throws InterruptedException;
}
