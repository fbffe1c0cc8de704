package hokku.testkit;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.Attachment;
import hokku.api.Deployment;
import hokku.api.Endpoint;
import hokku.api.Instance;
import hokku.api.Output;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.UserError;
import hokku.api.spi.Scheduler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// Runs containers in memory, and fails the way a test wants.
///
/// It understands a few commands: `sh -c "exit <n>"` ends with that code, at once; `cat` copies its input; `echo …` prints;
/// `sleep …` runs until it is interrupted. Everything else runs on, or ends with code 0 as a task.
public final class FakeScheduler implements Scheduler {
    private final String name;
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<ProcessSpec> tasks = new CopyOnWriteArrayList<>();
    private final List<Consumer<AppId>> watchers = new CopyOnWriteArrayList<>();

    // Guarded by this.
    private final Map<String, Container> containers = new LinkedHashMap<>();
    private Predicate<ProcessSpec> failing = spec -> false;
    private BiFunction<ProcessSpec, Integer, Endpoint> addresses = (port, index) -> null;
    private Optional<UnaryOperator<List<Endpoint>>> meanwhile = Optional.empty();
    private Optional<CountDownLatch> held = Optional.empty();
    private final Map<AppId, Map<String, List<String>>> attached = new HashMap<>();
    private boolean away;
    private boolean retireFails;
    private int made;

    private static final class Container {
        private final ProcessSpec spec;
        private final int index;
        private final String id;
        private final List<String> output = new ArrayList<>();
        private final Instant started = Instant.now();
        private Instance.State state = Instance.State.RUNNING;
        private OptionalInt exitCode = OptionalInt.empty();
        private int address;

        Container(ProcessSpec spec, int index, String id, int address) {
            this.spec = spec;
            this.index = index;
            this.id = id;
            this.address = address;
        }
    }

    public FakeScheduler(String name) {
        this.name = name;
    }

    /// What was asked of it, in order: `start hello d1`, `retire web.1 of d1`, `destroy hello`, `run hello`, `attach hello c1`.
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /// The other containers that those of an app reach, each with its names.
    public synchronized Map<String, List<String>> attached(AppId app) {
        return Map.copyOf(attached.getOrDefault(app, Map.of()));
    }

    @Override
    public synchronized void attach(App app, String container, List<String> names) {
        calls.add("attach " + app.name() + " " + container);
        attached.computeIfAbsent(app.id(), id -> new HashMap<>()).put(container, List.copyOf(names));
    }

    @Override
    public synchronized void detach(App app, String container) {
        calls.add("detach " + app.name() + " " + container);
        attached.getOrDefault(app.id(), new HashMap<>()).remove(container);
    }

    /// The one-off containers that ran.
    public List<ProcessSpec> tasks() {
        return List.copyOf(tasks);
    }

    /// From now on a start fails when it comes to such a process.
    public synchronized void failStartsOf(Predicate<ProcessSpec> which) {
        failing = which;
    }

    /// From now on starts wait, until the latch is released or the caller interrupted.
    public synchronized void holdStarts(CountDownLatch until) {
        held = Optional.of(until);
    }

    /// Whether its engine is away: everything fails with exit code 69.
    public synchronized void away(boolean changed) {
        away = changed;
    }

    /// From now on ending containers fails.
    public synchronized void failRetirements(boolean changed) {
        retireFails = changed;
    }

    /// From now on a start leads requests to some of what runs before it starts anything: as if it had no room for both.
    public synchronized void leadMeanwhile(UnaryOperator<List<Endpoint>> choice) {
        meanwhile = Optional.of(choice);
    }

    /// Where containers answer, by process and index: for a test with real servers. A null stands for an address of no use.
    public synchronized void answerAt(BiFunction<ProcessSpec, Integer, Endpoint> where) {
        addresses = where;
    }

    /// Restarts the engine: every container answers at another address, and watchers are told.
    public void restartEngine() {
        List<AppId> apps;
        synchronized (this) {
            containers.values().forEach(container -> container.address = 1 + made++ % 250);
            apps = containers.values().stream().map(container -> container.spec.id()).distinct().toList();
        }
        apps.forEach(this::tell);
    }

    /// Ends a container on its own, as a crash does.
    public void crash(String container, int code) {
        AppId app;
        synchronized (this) {
            Container crashed = containers.get(container);
            crashed.state = Instance.State.EXITED;
            crashed.exitCode = OptionalInt.of(code);
            app = crashed.spec.id();
        }
        tell(app);
    }

    private void tell(AppId app) {
        watchers.forEach(watcher -> watcher.accept(app));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Endpoint> start(Deployment deployment, Passage passage, Output out) throws Exception {
        Optional<UnaryOperator<List<Endpoint>>> choice;
        synchronized (this) {
            choice = meanwhile;
        }
        if (choice.isPresent()) {
            List<Endpoint> before = instances(deployment.app().id()).stream().flatMap(instance -> instance.endpoints().stream()).toList();
            passage.lead(choice.get().apply(before));
            try {
                return start(deployment, out);
            } catch (UserError refused) {
                passage.lead(before);
                throw refused;
            }
        }
        return start(deployment, out);
    }

    @Override
    public List<Endpoint> start(Deployment deployment, Output out) throws InterruptedException {
        calls.add("start " + deployment.app().name() + " " + deployment.id());
        Optional<CountDownLatch> hold;
        synchronized (this) {
            answering();
            hold = held;
        }
        if (hold.isPresent()) {
            hold.get().await();
        }
        List<Endpoint> endpoints;
        synchronized (this) {
            List<Container> started = new ArrayList<>();
            List<Container> stopped = new ArrayList<>();
            try {
                for (ProcessSpec spec : deployment.processes()) {
                    out.step("Deploying " + spec.process() + " (count=" + spec.count() + ")");
                    startProcess(spec, started, stopped, out);
                }
            } catch (RuntimeException e) {
                started.forEach(container -> containers.remove(container.id));
                stopped.forEach(container -> container.state = Instance.State.RUNNING);
                throw e;
            }
            endpoints = instances(deployment.app().id()).stream()
                    .filter(instance -> instance.deploy().equals(deployment.id()))
                    .flatMap(instance -> instance.endpoints().stream()).toList();
        }
        tell(deployment.app().id());
        return endpoints;
    }

    private void startProcess(ProcessSpec spec, List<Container> started, List<Container> stopped, Output out) {
        if (!spec.zeroDowntime()) {
            List<Container> former = containers.values().stream()
                    .filter(container -> container.spec.id().equals(spec.id()) && container.spec.process().equals(spec.process()))
                    .filter(container -> container.spec.kind() == ProcessSpec.Kind.DEPLOY)
                    .filter(container -> !container.spec.deploy().equals(spec.deploy()))
                    .filter(container -> container.state == Instance.State.RUNNING).toList();
            if (!former.isEmpty()) {
                out.detail("Zero downtime is disabled, stopping currently running containers (" + spec.process() + ")");
            }
            former.forEach(container -> container.state = Instance.State.EXITED);
            stopped.addAll(former);
        }
        for (int index = 1; index <= spec.count(); index++) {
            String id = spec.deploy() + "-" + spec.id() + "-" + spec.process() + "-" + index;
            Container there = containers.get(id);
            if (there == null || there.state != Instance.State.RUNNING) {
                OptionalInt ends = exitCode(spec.command());
                if (failing.test(spec) || ends.isPresent()) {
                    throw new UserError(spec.process() + "." + index + " did not start: it ended with exit code "
                            + ends.orElse(1));
                }
                Container container = new Container(spec, index, id, 1 + made++ % 250);
                container.output.add("ready");
                containers.put(id, container);
                started.add(container);
            }
        }
    }

    private static OptionalInt exitCode(List<String> command) {
        if (command.size() == 3 && command.getFirst().equals("sh") && command.getLast().matches("exit [0-9]+")) {
            return OptionalInt.of(Integer.parseInt(command.getLast().substring("exit ".length())));
        }
        return OptionalInt.empty();
    }

    private void answering() {
        if (away) {
            throw new UserError(UserError.UNAVAILABLE, "The engine of " + name + " does not answer");
        }
    }

    @Override
    public void retire(AppId app, Predicate<Instance> which) {
        List<String> ended;
        synchronized (this) {
            answering();
            if (retireFails) {
                throw new IllegalStateException("containers cannot be ended");
            }
            List<Instance> meant = instances(app).stream()
                    .filter(instance -> instance.kind() == ProcessSpec.Kind.DEPLOY).filter(which).toList();
            meant.forEach(instance -> containers.remove(instance.container()));
            ended = meant.stream().map(instance -> instance.dyno() + " of " + instance.deploy()).toList();
        }
        calls.add("retire " + String.join(", ", ended));
        tell(app);
    }

    @Override
    public void destroy(App app) {
        calls.add("destroy " + app.name());
        synchronized (this) {
            answering();
            containers.values().removeIf(container -> container.spec.id().equals(app.id()));
            attached.remove(app.id());
        }
        tell(app.id());
    }

    @Override
    public List<Instance> instances(AppId app) {
        return instances().stream().filter(instance -> instance.app().equals(app)).toList();
    }

    @Override
    public synchronized List<Instance> instances() {
        answering();
        return containers.values().stream().map(this::instance)
                .sorted(Comparator.comparing(Instance::process).thenComparing(Instance::index)).toList();
    }

    private Instance instance(Container container) {
        ProcessSpec spec = container.spec;
        List<Endpoint> endpoints = container.state == Instance.State.RUNNING ? endpoints(container) : List.of();
        return new Instance(spec.id(), spec.kind(), spec.process(), container.index, container.id, "", spec.deploy(),
                spec.release(),
                container.state, Optional.of(container.started), container.exitCode, endpoints);
    }

    private List<Endpoint> endpoints(Container container) {
        Endpoint given = addresses.apply(container.spec, container.index);
        if (given != null) {
            return List.of(given);
        }
        return container.spec.ports().stream().map(port -> Endpoint.of(container.spec.process(), container.index, port,
                "198.51.100." + container.address, port)).toList();
    }

    @Override
    public AutoCloseable watch(Consumer<AppId> changed) {
        watchers.add(changed);
        return () -> watchers.remove(changed);
    }

    @Override
    public void logs(List<Instance> of, int lines, boolean follow, LogSink sink) throws InterruptedException {
        synchronized (this) {
            answering();
            for (Instance instance : of) {
                Container container = containers.get(instance.container());
                List<String> output = container == null ? List.of() : container.output;
                output.subList(Math.max(0, output.size() - lines), output.size())
                        .forEach(line -> sink.line(instance, container.started, false, line));
            }
        }
        if (follow) {
            new CountDownLatch(1).await();
        }
    }

    @Override
    public int run(ProcessSpec task, Attachment attachment) throws InterruptedException {
        calls.add("run " + task.app());
        tasks.add(task);
        String id = "task-" + task.deploy() + "-" + ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        boolean fails;
        synchronized (this) {
            answering();
            fails = failing.test(task);
            containers.put(id, new Container(task, 1, id, 1 + made++ % 250));
        }
        try {
            return fails ? UserError.FAILED : execute(task.command(), attachment);
        } finally {
            synchronized (this) {
                containers.remove(id);
            }
        }
    }

    @Override
    public int enter(Instance instance, List<String> command, Attachment attachment) throws InterruptedException {
        synchronized (this) {
            answering();
            Container container = containers.get(instance.container());
            if (container == null || container.state != Instance.State.RUNNING) {
                throw new UserError("Container is not running");
            }
        }
        return execute(command, attachment);
    }

    private static int execute(List<String> command, Attachment attachment) throws InterruptedException {
        try {
            if (command.equals(List.of("cat"))) {
                attachment.in().transferTo(attachment.out());
            } else if (!command.isEmpty() && command.getFirst().equals("echo")) {
                String line = String.join(" ", command.subList(1, command.size())) + "\n";
                attachment.out().write(line.getBytes(StandardCharsets.UTF_8));
            } else if (!command.isEmpty() && command.getFirst().equals("sleep")) {
                new CountDownLatch(1).await();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return exitCode(command).orElse(0);
    }

    /// How many containers of a process run.
    public int running(ProcessType process) {
        return (int) instances().stream()
                .filter(instance -> instance.process().equals(process) && instance.state() == Instance.State.RUNNING).count();
    }
}
