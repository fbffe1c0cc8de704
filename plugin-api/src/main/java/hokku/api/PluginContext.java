package hokku.api;

import java.io.IOException;
import java.nio.file.Path;

/// What a plugin may use. Safe for use by several threads, until the plugin is closed.
public interface PluginContext {
    /// The plugin's id, from its manifest.
    String id();

    Apps apps();

    /// The engine of this server, where its apps run.
    Engine engine();

    /// Another engine, for instance a manager of a swarm. The same object for the same address, until the plugin is closed; that closes it.
    ///
    /// Returns at once, whether something answers there or not. Each use then asks anew, and throws a [UserError] with exit code 69 when the
    /// engine does not answer, does not prove with its certificate that it is the one, or refuses that of this server, and when a file of
    /// the folder of certificates is missing, cannot be read, does not fit the others or has expired. Its message names the address and says
    /// what to do. Files that were replaced are read again by the next use.
    ///
    /// [Engine#instance] and [Engine#imageName] are those of this server there as well, and what is made there is to carry its label. The
    /// input of a command is passed on to its end over TLS as over a socket, and a cancelled one is ended there.
    ///
    /// @throws IllegalStateException when the plugin was closed
    Engine engine(EngineAddress address);

    Json json();

    /// A folder of the plugin's own, which is there.
    Path folder() throws IOException;

    /// A folder of the plugin's own within an app, which is there; renamed, cloned and destroyed with the app.
    Path folder(AppName app) throws IOException;
}
