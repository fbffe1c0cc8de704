package hokku.core.plugin;

import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Engine;
import hokku.api.EngineAddress;
import hokku.api.Json;
import hokku.api.PluginContext;
import hokku.api.UserError;
import hokku.core.state.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What one plugin may use of this server.
record HostContext(String id, Services services, Home home, OtherEngines others) implements PluginContext, AutoCloseable {
    HostContext(String id, Services services, Home home) {
        this(id, services, home, new OtherEngines(id, services.others()));
    }

    @Override
    public Apps apps() {
        return services.apps();
    }

    @Override
    public Engine engine() {
        return services.engine();
    }

    @Override
    public Engine engine(EngineAddress address) {
        return others.at(address);
    }

    @Override
    public Json json() {
        return services.json();
    }

    @Override
    public Path folder() throws IOException {
        Path folder = home.pluginData(id);
        Home.createPrivate(folder);
        return folder;
    }

    @Override
    public Path folder(AppName app) throws IOException {
        // The folder of an app that is gone must not come back by asking for what was in it.
        if (!Files.isDirectory(home.app(app))) {
            throw UserError.noSuchApp(app);
        }
        Path folder = home.pluginFolder(app, id);
        Home.createPrivate(folder);
        return folder;
    }

    /// Closes what the plugin opened by it.
    @Override
    public void close() {
        others.close();
    }
}
