package hokku.testkit;

import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Engine;
import hokku.api.EngineAddress;
import hokku.api.Json;
import hokku.api.PluginContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What a plugin may use, without a server: apps in memory, folders below a given one, and the engines that a test gives.
public final class FakeContext implements PluginContext {
    private final String id;
    private final Apps apps;
    private final Path home;
    private final Map<EngineAddress, Engine> others = new ConcurrentHashMap<>();

    /// @param home a folder of the test's, where the plugin's folders are made
    public FakeContext(String id, Apps apps, Path home) {
        this.id = id;
        this.apps = apps;
        this.home = home;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Apps apps() {
        return apps;
    }

    @Override
    public Engine engine() {
        throw new UnsupportedOperationException("this test has no engine");
    }

    @Override
    public Engine engine(EngineAddress address) {
        Engine engine = others.get(address);
        if (engine == null) {
            throw new UnsupportedOperationException("this test has no engine at " + address);
        }
        return engine;
    }

    /// Lets an engine be at an address.
    public FakeContext with(EngineAddress address, Engine engine) {
        others.put(address, engine);
        return this;
    }

    @Override
    public Json json() {
        return new PlainJson();
    }

    @Override
    public Path folder() throws IOException {
        return Files.createDirectories(home.resolve("plugins-data").resolve(id));
    }

    @Override
    public Path folder(AppName app) throws IOException {
        return Files.createDirectories(home.resolve("apps").resolve(app.value()).resolve("plugins").resolve(id));
    }
}
