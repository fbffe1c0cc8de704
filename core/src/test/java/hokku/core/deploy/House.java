package hokku.core.deploy;

import hokku.api.Access;
import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.BuiltImage;
import hokku.api.Endpoint;
import hokku.api.Identity;
import hokku.api.Instance;
import hokku.api.Output;
import hokku.api.ProcessType;
import hokku.api.Release;
import hokku.api.Route;
import hokku.api.Source;
import hokku.api.SourceTree;
import hokku.api.hook.AppEvent;
import hokku.api.hook.Hook;
import hokku.api.spi.Builder;
import hokku.api.spi.Proxy;
import hokku.core.git.Push;
import hokku.core.git.Repositories;
import hokku.core.plugin.NoEngine;
import hokku.core.plugin.TestPlugins;
import hokku.core.state.Catalogue;
import hokku.core.state.Home;
import hokku.testkit.FakeScheduler;
import hokku.testkit.FakeSourceTree;
import hokku.testkit.RecordingOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// A whole server without its edges: real state in a folder, a scheduler, builder and proxy in memory.
final class House {
    static final AppName APP = AppName.of("hello");
    static final Identity ALICE = Identity.of("alice", "SHA256:a", Access.DEPLOY);

    final TestPlugins plugins = new TestPlugins();
    final List<AppEvent> events = new ArrayList<>();
    final FakeScheduler scheduler = new FakeScheduler("docker-local");
    final MemoryProxy proxy = new MemoryProxy();
    final MemoryBuilder builder = new MemoryBuilder();
    final RecordingOutput out = new RecordingOutput();
    /// The engine's images by their names.
    final Map<String, String> images = new ConcurrentSkipListMap<>();
    final Home home;
    Catalogue catalogue;
    LiveApps apps;
    Deploys deploys;
    Builds builds;
    Housekeeping housekeeping;
    Reconciler reconciler;
    Containers containers;
    Renames renames;
    Clones clones;
    BuildCaches caches;
    /// Where the server's process ends, once it is restarted.
    FaultPoints faults = FaultPoints.NONE;
    /// Lets apps reach the services that they are linked to.
    Reach reach = (by, app) -> { };
    /// What the next push holds.
    FakeSourceTree files = FakeSourceTree.EMPTY.with("Dockerfile", "FROM scratch");
    private int pushes;

    House(Path folder) throws IOException {
        home = new Home(folder);
        home.create();
        CoreSettings.ALL.forEach(plugins.plugin("core")::setting);
        plugins.plugin("scheduler-plugin").scheduler(scheduler);
        plugins.plugin("proxy-plugin").proxy(proxy);
        plugins.plugin("builder-plugin").builder(builder);
        plugins.plugin("test-plugin").listener(events::add);
        restart();
    }

    /// Forgets everything that is not in the home, as a new process does.
    void restart() throws IOException {
        Clock clock = Clock.systemUTC();
        catalogue = new Catalogue(home, clock);
        catalogue.load();
        AppLocks locks = new AppLocks();
        Domains domains = new Domains(catalogue, "192.0.2.7");
        Routing routing = new Routing(domains);
        Retirements retirements = new Retirements();
        Rollouts rollouts = new Rollouts(catalogue, routing, retirements, (by, app) -> reach.reach(by, app), faults, clock);
        Images kept = new MemoryImages();
        Repositories repositories = new Repositories(home);
        Sources sources = new Sources(catalogue, repositories);
        apps = new LiveApps(catalogue, plugins, locks, domains, routing, rollouts, kept, sources);
        DeployQueue queue = new DeployQueue(clock);
        builds = new Builds(home, catalogue, queue, clock);
        FreeSpace space = new FreeSpace(home, new NoEngine(), catalogue);
        housekeeping = new Housekeeping(catalogue, queue, locks, kept, repositories, builds, space);
        deploys = new Deploys(catalogue, plugins, apps, queue, new Pipeline(catalogue, locks, domains, kept, rollouts, space, faults, clock),
                builds, space, housekeeping, repositories, sources, faults, clock);
        containers = new Containers(catalogue, plugins, rollouts);
        caches = new BuildCaches(catalogue, plugins, queue);
        renames = new Renames(home, catalogue, plugins, locks, queue, domains, routing, rollouts, kept, faults);
        clones = new Clones(home, catalogue, plugins, locks, domains, kept, repositories, faults, clock);
        reconciler = new Reconciler(catalogue, plugins, locks, routing, retirements, repositories, Repair.of(List.of(renames, clones)));
    }

    /// Adds a scheduler beside `docker-local`.
    FakeScheduler install(String name) {
        FakeScheduler added = new FakeScheduler(name);
        plugins.plugin(name + "-plugin").scheduler(added);
        return added;
    }

    /// Hooks a handler of `test-plugin` in.
    <H extends Hook> void hook(Class<H> point, H handler) {
        plugins.plugin("test-plugin").hook(point, handler);
    }

    /// Pushes once more; the branch that it moves is in the push.
    MemoryPush push() throws Exception {
        return push(APP);
    }

    MemoryPush push(AppName app) throws Exception {
        MemoryPush push = new MemoryPush(app, "%040d".formatted(++pushes));
        deploys.admit(app, ALICE, true);
        deploys.deploy(push, out);
        return push;
    }

    App app() {
        return catalogue.get(APP);
    }

    List<Instance> instances() {
        return scheduler.instances(app().id());
    }

    void change(UnaryOperator<App> change) throws Exception {
        apps.change(APP, change, Apps.Restart.IF_NEEDED, out);
    }

    void scale(int web) throws Exception {
        change(app -> app.withScale(new TreeMap<>(Map.of(ProcessType.WEB, web))));
    }

    /// The release whose containers answer what the proxy leads to it.
    int served() {
        Set<Integer> ports = new java.util.HashSet<>();
        proxy.routes.get(APP).endpoints().forEach(endpoint -> ports.add(endpoint.port()));
        List<Integer> releases = instances().stream().filter(instance -> instance.state() == Instance.State.RUNNING)
                .filter(instance -> instance.endpoints().stream().anyMatch(endpoint -> proxy.routes.get(APP).endpoints().contains(endpoint)))
                .map(Instance::release).distinct().toList();
        return releases.size() == 1 ? releases.getFirst() : -releases.size();
    }

    /// Runs something on each value that a stage of a deploy passes on.
    interface Trouble {
        void strike() throws Exception;
    }

    final class MemoryPush implements Push {
        private final AppName app;
        private final String commit;
        boolean moved;

        MemoryPush(AppName app, String commit) {
            this.app = app;
            this.commit = commit;
        }

        @Override
        public AppName app() {
            return app;
        }

        @Override
        public Identity by() {
            return ALICE;
        }

        @Override
        public String ref() {
            return "refs/heads/master";
        }

        @Override
        public String former() {
            return "0".repeat(40);
        }

        @Override
        public String commit() {
            return commit;
        }

        @Override
        public SourceTree tree() {
            return files;
        }

        @Override
        public void recheck() {
            // The branch stands still.
        }

        @Override
        public void moveRef() {
            moved = true;
        }
    }

    static final class MemoryBuilder implements Builder {
        Trouble trouble = () -> { };
        Trouble atPurge = () -> { };
        SortedMap<ProcessType, List<String>> processes = new TreeMap<>(Map.of(ProcessType.WEB, List.of()));
        /// Where the build that ran last tells what it does.
        volatile Output out = new RecordingOutput();

        @Override
        public String name() {
            return "memory";
        }

        @Override
        public boolean accepts(Source source) throws IOException {
            return source.tree().read("Dockerfile").isPresent();
        }

        @Override
        public String wants() {
            return "a Dockerfile";
        }

        @Override
        public BuiltImage build(Source source, Output to) throws Exception {
            out = to;
            trouble.strike();
            return BuiltImage.of(source, "sha256:" + source.commit(), name(), processes, List.of(8080));
        }

        @Override
        public void purgeCache(App app) throws Exception {
            atPurge.strike();
        }
    }

    static final class MemoryProxy implements Proxy {
        final Map<AppName, Route> routes = new ConcurrentHashMap<>();
        Trouble atPrepare = () -> { };
        Trouble atCommit = () -> { };
        Trouble atUnroute = () -> { };
        CountDownLatch drained = new CountDownLatch(0);

        @Override
        public String name() {
            return "nginx";
        }

        @Override
        public Change prepare(Route route, Output out) throws Exception {
            atPrepare.strike();
            return new Change() {
                @Override
                public void commit() throws Exception {
                    atCommit.strike();
                    routes.put(route.app().name(), route);
                }

                @Override
                public void discard() {
                    // Nothing was made.
                }
            };
        }

        @Override
        public boolean awaitDrained(List<Endpoint> former, Duration limit) throws InterruptedException {
            return drained.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        public void unroute(AppName app) throws Exception {
            atUnroute.strike();
            routes.remove(app);
        }

        @Override
        public Set<AppName> routed() {
            return Set.copyOf(routes.keySet());
        }
    }

    private final class MemoryImages implements Images {
        @Override
        public String keep(App app, int number, String image) {
            images.put(repository(app) + number, image);
            return repository(app) + number;
        }

        @Override
        public boolean has(Release release) {
            return images.containsValue(release.image());
        }

        @Override
        public List<String> sweep(App app, List<Release> needed) {
            Set<String> kept = needed.stream().map(Release::tag).collect(Collectors.toSet());
            List<String> gone = images.keySet().stream().filter(name -> name.startsWith(repository(app)) && !kept.contains(name)).toList();
            images.keySet().removeAll(gone);
            return gone;
        }

        @Override
        public Map<AppName, List<String>> owned() {
            return images.keySet().stream().collect(Collectors.groupingBy(
                    name -> AppName.of(name.substring(name.indexOf('/') + 1, name.lastIndexOf(':')))));
        }

        @Override
        public List<String> remove(Collection<String> names) {
            List<String> gone = names.stream().filter(images::containsKey).toList();
            images.keySet().removeAll(gone);
            return gone;
        }

        private static String repository(App app) {
            return "hokku-test/" + app.name() + ":";
        }
    }
}
