package hokku.core;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Contributions;
import hokku.api.EngineAddress;
import hokku.api.Identity;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.Service;
import hokku.api.ServiceName;
import hokku.core.command.AppCommands;
import hokku.core.command.Audit;
import hokku.core.command.BuildCommands;
import hokku.core.command.CleanupCommand;
import hokku.core.command.ContainerCommands;
import hokku.core.command.DatastoreCommands;
import hokku.core.command.Dispatcher;
import hokku.core.command.EventCommands;
import hokku.core.command.GitService;
import hokku.core.command.KeyCommands;
import hokku.core.command.LockCommands;
import hokku.core.command.NamingCommands;
import hokku.core.command.Outline;
import hokku.core.command.PluginCommands;
import hokku.core.command.ProcessCommands;
import hokku.core.command.ReleaseCommands;
import hokku.core.command.RepoCommands;
import hokku.core.command.RoutingCommands;
import hokku.core.datastore.DatastoreParts;
import hokku.core.datastore.ServiceWatch;
import hokku.core.datastore.backup.BackupSchedule;
import hokku.core.datastore.backup.Backups;
import hokku.core.deploy.AppSchedulers;
import hokku.core.deploy.CoreSettings;
import hokku.core.deploy.DeployParts;
import hokku.core.deploy.FaultPoints;
import hokku.core.deploy.Upkeep;
import hokku.core.docker.DockerEngine;
import hokku.core.doctor.CoreExaminations;
import hokku.core.doctor.Doctor;
import hokku.core.git.GitReceive;
import hokku.core.git.GitUpload;
import hokku.core.git.Repositories;
import hokku.core.manual.Completion;
import hokku.core.plugin.BuiltIn;
import hokku.core.plugin.Download;
import hokku.core.plugin.OtherEngines;
import hokku.core.plugin.PluginHost;
import hokku.core.plugin.Services;
import hokku.core.plugin.Snapshots;
import hokku.core.plugin.Usage;
import hokku.core.ssh.AuthorizedKeys;
import hokku.core.ssh.FrontDoor;
import hokku.core.ssh.SshDaemon;
import hokku.core.state.AtomicFile;
import hokku.core.state.Catalogue;
import hokku.core.state.Home;
import hokku.core.state.HomeFormat;
import hokku.core.state.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The whole server: the one place where its parts are made and put together.
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final Duration PLUGIN_PATIENCE = Duration.ofHours(1);

    private final Home home;
    private final SshDaemon ssh;
    private final DeployParts parts;
    private final PluginHost plugins;
    /// What is to be ended, the last one started first. Used by the thread that starts, then by the one that closes.
    private final Deque<AutoCloseable> started;

    private Server(Home home, SshDaemon ssh, DeployParts parts, PluginHost plugins, Deque<AutoCloseable> started) {
        this.home = home;
        this.ssh = ssh;
        this.parts = parts;
        this.plugins = plugins;
        this.started = started;
    }

    /// Starts everything; returns when ssh answers. An engine that does not answer delays nothing.
    ///
    /// @throws hokku.api.UserError when the home is in use, or of a newer format
    static Server start(Configuration configuration) throws IOException {
        Deque<AutoCloseable> started = new ArrayDeque<>();
        try {
            return start(configuration, started);
        } catch (IOException | RuntimeException failed) {
            end(started);
            throw failed;
        }
    }

    /// The files as they were before a newer version changed their form.
    ///
    /// @throws hokku.api.UserError when a server uses the home, or there is no copy
    static void restoreFormat(Configuration configuration) throws IOException {
        Home home = new Home(configuration.home());
        try (HomeLock _ = HomeLock.take(home)) {
            HomeFormat.of(home).restore();
        }
    }

    private static Server start(Configuration configuration, Deque<AutoCloseable> started) throws IOException {
        Clock clock = Clock.systemUTC();
        Home home = new Home(configuration.home());
        started.push(HomeLock.take(home));
        HomeFormat.of(home).settle();
        JsonText json = new JsonText();
        String instance = HomeLock.instance(home);
        DockerEngine engine = new DockerEngine(configuration.engine(), instance);
        started.push(engine);
        Catalogue catalogue = new Catalogue(home, clock);
        catalogue.load();
        Repositories repositories = new Repositories(home);
        PluginHost plugins = new PluginHost(home, configuration.plugins(), clock, PLUGIN_PATIENCE);
        started.push(plugins);
        DatastoreParts datastores = new DatastoreParts(home, engine, new AppSchedulers(plugins, app -> catalogue.journal(app.name()).current()));
        DeployParts parts = DeployParts.assemble(home, catalogue, plugins, engine, repositories, configuration.address(), datastores.reach(),
                new FaultPoints(configuration.fault()), clock);
        Audit audit = new Audit(home.audit(), json, () -> catalogue.global().value(CoreSettings.EVENTS_RECORDED).orElseThrow());
        AuthorizedKeys keys = new AuthorizedKeys(home.authorizedKeys());
        hokku.core.datastore.Services services = datastores.services(parts.apps(), clock);
        Backups backups = datastores.backups(services, () -> catalogue.global().value(BackupSchedule.FOLDERS).orElse(List.of()), clock);
        Doctor doctor = new Doctor(plugins, new CoreExaminations(home, catalogue, parts, plugins, services, configuration.sshAddress(),
                configuration.address(), clock)::list);
        ServiceWatch watch = new ServiceWatch(plugins, services);
        plugins.start(new Services(parts.apps(), engine, address -> another(address, instance), json, new InUse(catalogue, services),
                datastore -> DatastoreCommands.derive(datastore, services, backups, parts.apps(), plugins)),
                builtIns(parts, keys, plugins, audit, json, doctor, watch, new BackupSchedule(plugins, backups, clock)));
        GitReceive receive = new GitReceive(repositories, parts.deploys());
        GitUpload upload = new GitUpload(repositories, parts.deploys());
        Dispatcher dispatcher = new Dispatcher(plugins, parts.apps(), new Git(receive, upload), audit, json, version());
        SshDaemon ssh = new SshDaemon(configuration.sshAddress(), configuration.sshPort(), home.hostKeys(), keys, dispatcher);
        started.push(ssh);
        FrontDoor front = new FrontDoor(home.frontSocket(), keys, dispatcher);
        started.push(front);
        started.push(parts.reconciler());
        parts.reconciler().start();
        plugins.onSwap(parts.reconciler()::watch);
        started.push(watch);
        watch.start();
        ssh.start();
        front.start();
        plugins.startJobs();
        announce(home, json.write(Map.of("pid", ProcessHandle.current().pid(), "sshPort", ssh.port())));
        LOG.info("Hokku {} answers ssh on port {}; home {}", version(), ssh.port(), home.root());
        return new Server(home, ssh, parts, plugins, started);
    }

    private static OtherEngines.Opened another(EngineAddress address, String instance) {
        DockerEngine engine = new DockerEngine(address, instance);
        return new OtherEngines.Opened(engine, engine::close);
    }

    /// A full disk must not keep the server from running: its commands are what makes room.
    private static void announce(Home home, String ready) {
        try {
            AtomicFile.write(home.run().resolve("ready"), ready);
        } catch (IOException failed) {
            LOG.error("{} could not be written: {}. The server answers all the same", home.run().resolve("ready"), failed.getMessage());
        }
    }

    private static List<BuiltIn> builtIns(DeployParts parts, AuthorizedKeys keys, PluginHost plugins, Audit audit, JsonText json, Doctor doctor,
            ServiceWatch services, BackupSchedule backups) {
        List<Plugin> nouns = List.of(new CoreSettingsPlugin(), new AppCommands(parts.apps(), parts.deploys()),
                new NamingCommands(parts.apps(), parts.renames(), parts.clones(), plugins), new LockCommands(parts.apps()),
                new EventCommands(audit, json, parts.apps()),
                new ProcessCommands(parts.apps(), parts.deploys()), new ContainerCommands(parts.containers()),
                new ReleaseCommands(parts.apps()), new BuildCommands(parts.builds(), parts.apps()),
                new RepoCommands(parts.caches()), new RoutingCommands(),
                new Upkeep(parts.housekeeping()), services, backups,
                new CleanupCommand(parts.housekeeping()),
                new KeyCommands(keys),
                new PluginCommands(plugins, new Download()), doctor, new Completion(plugins));
        return List.of(new BuiltIn("core", version(), "What every installation has", (context, to) -> {
            for (Plugin noun : nouns) {
                noun.contribute(context, to);
            }
        }));
    }

    /// The version of the jar that this runs from.
    static String version() {
        return Optional.ofNullable(Server.class.getPackage().getImplementationVersion()).orElse("development");
    }

    int sshPort() {
        return ssh.port();
    }

    List<Outline> commands() {
        try (Snapshots.Lease lease = plugins.lease()) {
            return Outline.all(lease.registry(), parts.apps());
        }
    }

    DeployParts parts() {
        return parts;
    }

    /// Ends the server. The apps, and the proxy that leads to them, go on running.
    @Override
    public void close() {
        try {
            Files.deleteIfExists(home.run().resolve("ready"));
        } catch (IOException failed) {
            LOG.warn("{} could not be removed", home.run().resolve("ready"), failed);
        }
        end(started);
    }

    private static void end(Deque<AutoCloseable> started) {
        while (!started.isEmpty()) {
            AutoCloseable part = started.pop();
            try {
                part.close();
            } catch (Exception failed) {
                LOG.warn("{} did not end well", part.getClass().getSimpleName(), failed);
            }
        }
    }

    /// The settings of the core, by the same road as anybody's.
    private record CoreSettingsPlugin() implements Plugin {
        @Override
        public void contribute(PluginContext context, Contributions to) {
            CoreSettings.ALL.forEach(to::setting);
        }
    }

    private record Git(GitReceive receiver, GitUpload uploader) implements GitService {
        @Override
        public int receive(AppName app, Identity by, InputStream in, OutputStream out, OutputStream err) throws Exception {
            return receiver.receive(app, by, in, out, err);
        }

        @Override
        public int upload(AppName app, Identity by, InputStream in, OutputStream out, OutputStream err) throws Exception {
            return uploader.upload(app, by, in, out, err);
        }
    }

    private record InUse(Catalogue catalogue, hokku.core.datastore.Services stored) implements Usage {
        @Override
        public List<ServiceName> services(String datastore) {
            return stored.all().stream().filter(service -> service.datastore().equals(datastore)).map(Service::name).toList();
        }

        @Override
        public List<AppName> apps(Kind kind, String name) {
            Predicate<App> uses = switch (kind) {
                case BUILDER -> app -> app.release().filter(release -> release.builder().equals(name)).isPresent()
                        || app.own(CoreSettings.BUILDER_SELECTED).filter(name::equals).isPresent();
                case SCHEDULER -> app -> app.release().isPresent() && (app.value(CoreSettings.SCHEDULER_SELECTED).filter(name::equals).isPresent()
                        || catalogue.journal(app.name()).current().filter(live -> live.scheduler().equals(name)).isPresent());
                case PROXY -> app -> app.release().isPresent() && app.value(CoreSettings.PROXY_TYPE).filter(name::equals).isPresent();
            };
            return catalogue.all().stream().filter(uses).map(App::name).toList();
        }
    }
}
