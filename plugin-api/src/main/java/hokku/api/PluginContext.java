package hokku.api;

import java.io.IOException;
import java.nio.file.Path;

/// What a plugin may use. Safe for use by several threads, until the plugin is closed.
public interface PluginContext {
    /// The plugin's id, from its manifest.
    String id();

    Apps apps();

    Engine engine();

    Json json();

    /// A folder of the plugin's own, which is there.
    Path folder() throws IOException;

    /// A folder of the plugin's own within an app, which is there; renamed, cloned and destroyed with the app.
    Path folder(AppName app) throws IOException;
}
