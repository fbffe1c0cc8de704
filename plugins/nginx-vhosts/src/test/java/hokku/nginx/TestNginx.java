package hokku.nginx;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Contributions;
import hokku.api.Domain;
import hokku.api.Engine;
import hokku.api.Global;
import hokku.api.Instance;
import hokku.api.Json;
import hokku.api.Output;
import hokku.api.PluginContext;
import hokku.api.Setting;
import hokku.api.hook.AppEvent;
import hokku.api.hook.Hook;
import hokku.api.hook.Order;
import hokku.api.spi.Authorizer;
import hokku.api.spi.Builder;
import hokku.api.spi.Command;
import hokku.api.spi.Job;
import hokku.api.spi.Proxy;
import hokku.api.spi.Report;
import hokku.api.spi.Scheduler;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// The plugin as a server would load it, with an nginx of its own on a free port.
final class TestNginx implements AutoCloseable, PluginContext, Contributions {
    private final Path folder;
    private final Global global;
    final int port;
    final List<Supplier<? extends Command>> commands = new ArrayList<>();
    final List<Setting<?>> settings = new ArrayList<>();
    final List<Report> reports = new ArrayList<>();
    final List<Job> jobs = new ArrayList<>();
    final List<Consumer<AppEvent>> listeners = new ArrayList<>();
    Proxy proxy;

    private TestNginx(Path folder, int port) {
        this.folder = folder;
        this.port = port;
        this.global = new Global(Global.EMPTY.env(), Map.of("proxy.proxy-port", String.valueOf(port)), List.of());
    }

    static TestNginx load(Path folder) throws Exception {
        return load(folder, freePort());
    }

    /// Loads the plugin for a folder that may have been used before.
    static TestNginx load(Path folder, int port) throws Exception {
        Files.createDirectories(folder);
        TestNginx nginx = new TestNginx(folder, port);
        new NginxPlugin().contribute(nginx, nginx, Optional.empty());
        return nginx;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    Path root() {
        return folder;
    }

    Optional<ProcessHandle> master() throws IOException {
        Path pid = folder.resolve("run/nginx.pid");
        return Files.exists(pid) ? ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())) : Optional.empty();
    }

    /// Ends nginx, all of it.
    @Override
    public void close() throws IOException, InterruptedException {
        Optional<ProcessHandle> master = master();
        if (master.isPresent()) {
            List<ProcessHandle> all = new ArrayList<>(master.get().descendants().toList());
            all.add(master.get());
            all.forEach(ProcessHandle::destroyForcibly);
            for (ProcessHandle each : all) {
                each.onExit().orTimeout(10, java.util.concurrent.TimeUnit.SECONDS).join();
            }
        }
    }

    @Override
    public String id() {
        return "nginx-vhosts";
    }

    @Override
    public Path folder() {
        return folder;
    }

    @Override
    public Path folder(AppName app) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Engine engine() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Json json() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Apps apps() {
        return new Apps() {
            @Override
            public List<AppName> list() {
                return List.of();
            }

            @Override
            public Optional<App> find(AppName name) {
                return Optional.empty();
            }

            @Override
            public Global global() {
                return global;
            }

            @Override
            public App change(AppName name, UnaryOperator<App> change, Restart restart, Output out) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Global changeGlobal(UnaryOperator<Global> change, Restart restart, Output out) {
                throw new UnsupportedOperationException();
            }

            @Override
            public List<Instance> instances(AppName name) {
                return List.of();
            }

            @Override
            public List<String> urls(AppName name) {
                return List.of();
            }

            @Override
            public List<Domain> domains(App app) {
                return List.of();
            }
        };
    }

    @Override
    public <H extends Hook> void hook(Class<H> point, Order order, H handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void listener(Consumer<AppEvent> listener) {
        listeners.add(listener);
    }

    @Override
    public void builder(Builder builder) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void scheduler(Scheduler scheduler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void proxy(Proxy contributed) {
        proxy = contributed;
    }

    @Override
    public void command(Supplier<? extends Command> command) {
        commands.add(command);
    }

    @Override
    public void setting(Setting<?> setting) {
        settings.add(setting);
    }

    @Override
    public void report(Report report) {
        reports.add(report);
    }

    @Override
    public void job(Job job) {
        jobs.add(job);
    }

    @Override
    public void authorizer(Authorizer authorizer) {
        throw new UnsupportedOperationException();
    }
}
