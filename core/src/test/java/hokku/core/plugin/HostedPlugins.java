package hokku.core.plugin;

import hokku.api.AppName;
import hokku.api.EngineAddress;
import hokku.core.state.Home;
import hokku.testkit.FakeApps;
import hokku.testkit.PlainJson;
import hokku.testkit.RecordingSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A plugin host over two folders of a test, with a fake of everything else.
final class HostedPlugins implements AutoCloseable {
    final Home home;
    final Path shipped;
    final FakeApps apps = new FakeApps();
    /// Which apps use what, by `proxy nginx`.
    final Map<String, List<AppName>> usage = new TreeMap<>();
    /// The other engines that are open.
    final List<EngineAddress> engines = new CopyOnWriteArrayList<>();
    final PluginHost host;

    HostedPlugins(Path folder) throws IOException {
        this(folder, Duration.ofMinutes(1));
    }

    HostedPlugins(Path folder, Duration patience) throws IOException {
        home = new Home(folder.resolve("home"));
        home.create();
        shipped = Files.createDirectories(folder.resolve("shipped"));
        host = new PluginHost(home, shipped, Clock.systemUTC(), patience);
    }

    HostedPlugins start(BuiltIn... builtIns) throws IOException {
        host.start(new Services(apps, new NoEngine(), this::open, new PlainJson(),
                (kind, name) -> usage.getOrDefault(kind + " " + name, List.of()), datastore -> Derivation.NOTHING), List.of(builtIns));
        return this;
    }

    private OtherEngines.Opened open(EngineAddress address) {
        engines.add(address);
        return new OtherEngines.Opened(new NoEngine(), () -> engines.remove(address));
    }

    /// Where a jar is put that an administrator copies.
    Path added(String file) {
        return home.plugins().resolve(file);
    }

    PluginInfo info(String id) {
        return host.plugins().stream().filter(plugin -> plugin.id().equals(id)).findFirst()
                .orElseThrow(() -> new AssertionError("no plugin " + id + " in " + host.plugins()));
    }

    /// What the command of that name answers.
    String answer(String command) throws Exception {
        try (Snapshots.Lease lease = host.lease()) {
            return answer(lease, command);
        }
    }

    static String answer(Snapshots.Lease lease, String command) throws Exception {
        RecordingSession session = new RecordingSession();
        lease.registry().commands().get(command).value().get().run(session);
        return session.printed().strip();
    }

    @Override
    public void close() {
        host.close();
    }
}
