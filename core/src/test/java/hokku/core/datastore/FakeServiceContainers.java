package hokku.core.datastore;

import hokku.api.Attachment;
import hokku.api.Output;
import hokku.api.Service;
import hokku.api.ServiceId;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import hokku.testkit.FakeDatastore;
import java.io.Closeable;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Containers in memory. What a service holds is in its volume, as with real ones, so a new container finds it again.
final class FakeServiceContainers implements ServiceContainers {
    private record Made(ServiceId service, String role, String image, String volume, List<String> options, String state) {
        private Made in(String changed) {
            return new Made(service, role, image, volume, options, changed);
        }
    }

    private final Map<String, FakeDatastore.Container> volumes = new TreeMap<>();
    private final Map<String, Made> containers = new TreeMap<>();
    private final List<String> calls = new ArrayList<>();
    private final Set<String> missing = new TreeSet<>();
    private Predicate<Service> ready = service -> true;
    private Consumer<ServiceId> listener = nobody -> {};
    private Optional<String> node = Optional.empty();
    private int made;

    /// What was done with containers and volumes, in order: `start db`, `stop c1`, `remove c1`, `pause c1`, `create volume v`, `remove volume v`.
    synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    /// From now on the engine is part of a swarm.
    synchronized void node(String name) {
        node = Optional.of(name);
    }

    @Override
    public synchronized Optional<String> node() {
        return node;
    }

    /// No registry has that image.
    synchronized void missing(String image) {
        missing.add(image);
    }

    /// Which services accept connections once they are started.
    synchronized void ready(Predicate<Service> which) {
        ready = which;
    }

    synchronized Set<String> volumes() {
        return new TreeSet<>(volumes.keySet());
    }

    /// The containers, those of a role included.
    synchronized Set<String> all() {
        return new TreeSet<>(containers.keySet());
    }

    /// What a service holds.
    synchronized FakeDatastore.Container volume(Service service) {
        return volumes.get(service.volume());
    }

    synchronized String image(Service service) {
        return containers.get(demand(service)).image();
    }

    synchronized List<String> options(Service service) {
        return containers.get(demand(service)).options();
    }

    /// Its process ends, as after a crash. Whoever listens is told.
    void kill(Service service) {
        killed(service).accept(service.id());
    }

    private synchronized Consumer<ServiceId> killed(Service service) {
        to(demand(service), "exited");
        return listener;
    }

    /// Somebody removes it by hand.
    synchronized void lose(Service service) {
        containers.remove(demand(service));
    }

    private void to(String container, String state) {
        containers.compute(container, (id, now) -> now.in(state));
    }

    @Override
    public synchronized void demandImage(String image, Output out) {
        if (missing.contains(image)) {
            throw new UserError("The image " + image + " is not there");
        }
    }

    @Override
    public synchronized String createVolume(Service service, String name) {
        calls.add("create volume " + name);
        volumes.computeIfAbsent(name, none -> FakeDatastore.newContainer());
        return name;
    }

    @Override
    public synchronized void removeVolume(String name) {
        calls.add("remove volume " + name);
        volumes.remove(name);
    }

    @Override
    public synchronized List<String> volumes(String mark) {
        return volumes.keySet().stream().filter(name -> name.endsWith(mark)).toList();
    }

    @Override
    public synchronized void removeVolumeAndUsers(String name) {
        containers.values().removeIf(each -> each.volume().equals(name));
        removeVolume(name);
    }

    @Override
    public synchronized Optional<String> find(Service service, String role) {
        return containers.entrySet().stream().filter(each -> each.getValue().service().equals(service.id()) && each.getValue().role().equals(role))
                .map(Map.Entry::getKey).findFirst();
    }

    @Override
    public synchronized boolean fits(Service service) {
        return find(service).map(container -> containers.get(container).volume().equals(service.volume())).orElse(true);
    }

    @Override
    public synchronized String state(Service service) {
        return find(service).map(container -> containers.get(container).state()).orElse("missing");
    }

    @Override
    public synchronized String start(Datastore datastore, Service service, String role) {
        calls.add("start " + service.name() + (role.isEmpty() ? "" : " as " + role));
        if (role.isEmpty() && find(service).isPresent()) {
            throw new IllegalStateException("a container of " + service.name() + " is there already");
        }
        if (!volumes.containsKey(service.volume())) {
            throw new IllegalStateException("there is no volume " + service.volume());
        }
        String id = "c" + ++made;
        containers.put(id, new Made(service.id(), role, service.image(), service.volume(), service.options(), "running"));
        return id;
    }

    @Override
    public synchronized void awaitReady(Datastore datastore, Service service, String container) {
        if (!ready.test(service)) {
            to(container, "exited");
            throw new UserError(datastore.title() + " " + service.name() + " ended with exit code 1");
        }
    }

    @Override
    public synchronized Datastore.Inside inside(String container) {
        return volumes.get(containers.get(container).volume());
    }

    @Override
    public int attach(String container, Datastore.Call call, Attachment attachment) throws InterruptedException {
        return inside(container).run(call, attachment.in(), attachment.out()).exit();
    }

    @Override
    public void output(String container, int lines, boolean follow, Written to) {
        to.piece(false, "accepts connections\n".getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public synchronized void startExisting(String container) {
        calls.add("start " + container);
        to(container, "running");
    }

    @Override
    public synchronized void stop(String container) {
        calls.add("stop " + container);
        to(container, "exited");
    }

    @Override
    public synchronized void pause(String container, boolean paused) {
        String state = containers.get(container).state();
        if (paused && state.equals("running") || !paused && state.equals("paused")) {
            calls.add((paused ? "pause " : "unpause ") + container);
            to(container, paused ? "paused" : "running");
        }
    }

    @Override
    public synchronized void remove(String container) {
        calls.add("remove " + container);
        containers.remove(container);
    }

    @Override
    public Closeable listen(Runnable opened, Consumer<ServiceId> ended) {
        hears(ended);
        opened.run();
        return () -> hears(nobody -> {});
    }

    private synchronized void hears(Consumer<ServiceId> ended) {
        listener = ended;
    }

    @Override
    public synchronized String address(Service service) {
        return state(service).equals("running") ? "192.0.2.10" : "";
    }

    /// Runs a command in the container of a service.
    void run(Service service, String... words) throws InterruptedException {
        Datastore.Inside.Result result = inside(demand(service)).run(Datastore.Call.of(words), InputStream.nullInputStream(), OutputStream.nullOutputStream());
        if (result.exit() != 0) {
            throw new UserError(result.errors());
        }
    }
}
