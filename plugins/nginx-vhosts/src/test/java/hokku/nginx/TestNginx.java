package hokku.nginx;

import hokku.api.Setting;
import hokku.api.spi.Proxy;
import hokku.testkit.FakeApps;
import hokku.testkit.FakeContext;
import hokku.testkit.FreePort;
import hokku.testkit.RecordingContributions;
import hokku.testkit.RecordingOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The plugin as a server would load it, with an nginx of its own on a free port.
final class TestNginx implements AutoCloseable {
    private static final Setting<Integer> PROXY_PORT = Setting.number("proxy", "proxy-port", 1, 65_535);

    final int port;
    final RecordingContributions contributions = new RecordingContributions();
    private final Path home;

    private TestNginx(Path home, int port) {
        this.home = home;
        this.port = port;
    }

    static TestNginx load(Path home) throws Exception {
        return load(home, freePort());
    }

    /// Loads the plugin for a home that may have been used before.
    static TestNginx load(Path home, int port) throws Exception {
        return load(home, port, Optional.empty());
    }

    /// @param user the user of an nginx that a service of its own runs
    static TestNginx load(Path home, int port, Optional<String> user) throws Exception {
        TestNginx nginx = new TestNginx(home, port);
        FakeApps apps = new FakeApps();
        apps.changeGlobal(global -> global.withSetting(PROXY_PORT, String.valueOf(port)), FakeApps.Restart.NEVER, new RecordingOutput());
        new NginxPlugin().contribute(new FakeContext("nginx-vhosts", apps, home), nginx.contributions, user);
        return nginx;
    }

    static int freePort() throws IOException {
        return FreePort.find();
    }

    Proxy proxy() {
        return contributions.proxies().getFirst();
    }

    Path folder() {
        return home.resolve("plugins-data").resolve("nginx-vhosts");
    }

    Optional<ProcessHandle> master() throws IOException {
        Path pid = folder().resolve("run/nginx.pid");
        String text = Files.exists(pid) ? Files.readString(pid).strip() : "";
        return text.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(text));
    }

    /// Ends nginx, all of it.
    @Override
    public void close() throws IOException {
        Optional<ProcessHandle> master = master();
        if (master.isPresent()) {
            List<ProcessHandle> all = new ArrayList<>(master.get().descendants().toList());
            all.addFirst(master.get());
            all.forEach(ProcessHandle::destroyForcibly);
            all.forEach(each -> each.onExit().orTimeout(10, TimeUnit.SECONDS).join());
        }
    }
}
