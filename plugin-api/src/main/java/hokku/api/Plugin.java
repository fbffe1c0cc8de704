package hokku.api;

import java.io.IOException;

/// A plugin: one public class with a constructor without parameters, named by `Plugin-Class` in the jar's manifest.
///
/// ```java
/// public class NoFridays implements Plugin {
///     public void contribute(PluginContext context, Contributions to) {
///         to.hook(PreDeploy.class, (deployment, out) -> { … });
///     }
/// }
/// ```
public interface Plugin extends AutoCloseable {
    /// Declares everything that the plugin adds, once, when it is loaded. Called by one thread.
    ///
    /// What it throws keeps the plugin from loading, and the administrator sees it.
    void contribute(PluginContext context, Contributions to) throws Exception;

    /// Ends what the plugin started. Called once, after its last user is done.
    @Override
    default void close() throws IOException {}
}
