package hokku.core.datastore;

import hokku.api.App;
import hokku.api.Apps;
import hokku.api.Output;
import hokku.api.Service;
import hokku.api.ServiceId;
import hokku.api.ServiceName;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import hokku.core.deploy.Failures;
import hokku.core.state.ServiceFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The services of all datastores: what the commands `<datastore>:create` and so on do. Safe for use by several threads.
public final class Services {
    private static final Logger LOG = LoggerFactory.getLogger(Services.class);
    /// The key of the setting that names the network which a service's container is made in.
    public static final String INITIAL_NETWORK = ServiceContainers.INITIAL_NETWORK;

    private final ServiceFiles files;
    private final ServiceContainers containers;
    private final ServiceLinks links;
    private final Upgrades upgrades;
    private final Clock clock;
    /// Whoever changes a service holds its lock.
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    Services(ServiceFiles files, ServiceContainers containers, ServiceLinks links, Clock clock) {
        this.files = files;
        this.containers = containers;
        this.links = links;
        this.upgrades = new Upgrades(this, containers);
        this.clock = clock;
    }

    /// What a user may say of a service that is to be made; the operator puts it into the service.
    public record Wish(String image, UnaryOperator<Service> details) {}

    public ServiceLinks links() {
        return links;
    }

    public Upgrades upgrades() {
        return upgrades;
    }

    public List<Service> list(Datastore datastore) {
        return files.list(datastore.name());
    }

    /// Those of all datastores, also of some whose plugin is not there.
    public List<Service> all() {
        return files.all();
    }

    /// @throws UserError with the exit code of an app that is not there when there is none: a script need not tell the two apart
    public Service get(Datastore datastore, ServiceName name) {
        return files.find(datastore.name(), name).orElseThrow(() -> new UserError(UserError.NO_SUCH_APP,
                "service " + name + " does not exist. See " + datastore.name() + ":list"));
    }

    public boolean exists(Datastore datastore, ServiceName name) {
        return files.find(datastore.name(), name).isPresent();
    }

    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    Held hold(Datastore datastore, ServiceName name) throws InterruptedException {
        ReentrantLock lock = lock(datastore, name);
        lock.lockInterruptibly();
        return lock::unlock;
    }

    /// @return empty while somebody else changes the service
    Optional<Held> tryHold(Datastore datastore, ServiceName name) {
        ReentrantLock lock = lock(datastore, name);
        return lock.tryLock() ? Optional.of(lock::unlock) : Optional.empty();
    }

    private ReentrantLock lock(Datastore datastore, ServiceName name) {
        return locks.computeIfAbsent(datastore.name() + "/" + name, none -> new ReentrantLock(true));
    }

    /// Makes a service, and returns when it accepts connections. When it throws, there is none.
    public Service create(Datastore datastore, ServiceName name, Wish wish, Output out) throws InterruptedException {
        try (Held _ = hold(datastore, name)) {
            if (exists(datastore, name)) {
                throw new UserError(capitalized(datastore) + " service " + name + " already exists");
            }
            ServiceId id = ServiceId.random();
            Service bare = Service.create(datastore.name(), name, id, wish.image(), "", RandomText.password(), clock.instant());
            Service service = wish.details().apply(bare.withImage(wish.image(), containers.newVolumeName(bare, "")));
            Service named = withFreeHost(service);
            containers.demandImage(named.image(), out);
            return make(datastore, named);
        }
    }

    /// Another service may still go by the name that one had before its rename.
    private Service withFreeHost(Service service) {
        boolean taken = files.list(service.datastore()).stream().anyMatch(each -> each.host().equals(service.host()));
        return taken ? service.withSetting(Service.HOST, service.host() + "-" + service.id().value().substring(0, 4)) : service;
    }

    private Service make(Datastore datastore, Service service) throws InterruptedException {
        boolean made = false;
        containers.createVolume(service, service.volume());
        try {
            String container = containers.start(datastore, service, "");
            containers.awaitReady(datastore, service, container);
            files.store(service);
            made = true;
            return service;
        } catch (IOException failed) {
            throw Failures.storage(failed);
        } finally {
            if (!made) {
                containers.find(service).ifPresent(containers::remove);
                containers.removeVolume(service.volume());
            }
        }
    }

    /// @throws UserError while apps are linked to a service
    public void demandUnlinked(Service service) {
        List<App> linked = links.linked(service);
        if (!linked.isEmpty()) {
            throw new UserError("Cannot delete linked service. Unlink it first from: "
                    + linked.stream().map(app -> app.name().value()).collect(Collectors.joining(", ")));
        }
    }

    /// Removes a service with all of its data.
    public void destroy(Datastore datastore, ServiceName name) throws InterruptedException {
        try (Held _ = hold(datastore, name)) {
            Service service = get(datastore, name);
            demandUnlinked(service);
            containers.find(service).ifPresent(containers::remove);
            containers.removeVolume(service.volume());
            upgrades.removeRest(service);
            files.remove(service);
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    /// Gives a service another name. Its address stays what it was, so linked apps notice nothing.
    public Service rename(Datastore datastore, ServiceName from, ServiceName to) throws InterruptedException {
        ServiceName first = from.compareTo(to) < 0 ? from : to;
        try (Held _ = hold(datastore, first); Held _ = hold(datastore, first.equals(from) ? to : from)) {
            Service before = get(datastore, from);
            if (exists(datastore, to)) {
                throw new UserError(capitalized(datastore) + " service " + to + " already exists");
            }
            Service after = before.withName(to).withSetting(Service.HOST, before.host()).withSetting(Service.DATABASE, before.database());
            // What keeps the address is written first: a crash between leaves the service under its former name, with the same address.
            files.store(after.withName(from));
            files.rename(before, after);
            return after;
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    /// Makes a service with the data of another one.
    ///
    /// @param wish what is to be different
    public Service copy(Datastore datastore, ServiceName from, ServiceName to, Wish wish, Output out) throws InterruptedException {
        Service original = get(datastore, from);
        demandRunning(original);
        Service copy = create(datastore, to, new Wish(wish.image(), made -> wish.details().apply(ServiceProperties.networksOf(original,
                made.withOptions(original.options(), original.env()).withLimits(original.memory(), original.shmSize())))), out);
        boolean done = false;
        try {
            out.step("Copying data from " + from + " to " + to);
            pour(datastore, original, dump -> restore(datastore, copy, dump));
            done = true;
            return copy;
        } finally {
            if (!done) {
                destroy(datastore, to);
            }
        }
    }

    /// Someone who reads a dump.
    interface Reader {
        void read(InputStream dump) throws InterruptedException;
    }

    /// Dumps a service straight into what reads it.
    void pour(Datastore datastore, Service from, Reader to) throws InterruptedException {
        try (Pouring pouring = new Pouring(from.name().value(), sink -> dump(datastore, from, sink))) {
            to.read(pouring.in());
            pouring.demandWhole();
        } catch (IOException failed) {
            throw new UserError(UserError.FAILED, "The data could not be copied: " + failed.getMessage(), failed);
        }
    }

    /// Writes all data of a service.
    public void dump(Datastore datastore, Service service, OutputStream to) throws InterruptedException {
        inside(datastore, service, "dump", inside -> datastore.dump(service, inside, to));
    }

    /// Replaces all data of a service.
    public void restore(Datastore datastore, Service service, InputStream from) throws InterruptedException {
        inside(datastore, service, "restore", inside -> datastore.restore(service, inside, from));
    }

    /// What is done in the container of a service.
    public interface Work {
        void run(Datastore.Inside inside) throws Exception;
    }

    /// Does something in the container of a service that runs.
    public void inside(Datastore datastore, Service service, String what, Work work) throws InterruptedException {
        demandRunning(service);
        inside(datastore, containers.demand(service), what, work);
    }

    /// Does something in a container that runs.
    void inside(Datastore datastore, String container, String what, Work work) throws InterruptedException {
        try {
            work.run(containers.inside(container));
        } catch (InterruptedException | UserError expected) {
            throw expected;
        } catch (IOException | RuntimeException failed) {
            throw Failures.defect(datastore.name(), what, failed);
        } catch (Exception failed) {
            throw Failures.defect(datastore.name(), what, failed);
        }
    }

    void demandRunning(Service service) {
        String state = containers.state(service);
        if (!state.equals("running")) {
            throw new UserError("Service " + service.name() + " does not run (" + state + "). Start it: " + service.datastore() + ":start " + service.name());
        }
    }

    /// Starts a service, with a new container where it has none.
    public void start(Datastore datastore, ServiceName name, Output out) throws InterruptedException {
        try (Held _ = hold(datastore, name)) {
            Service service = stored(get(datastore, name).withStopped(false));
            up(datastore, service, out);
        }
    }

    /// Makes it run, with a new container where it has none. The caller holds the service.
    void up(Datastore datastore, Service service, Output out) throws InterruptedException {
        if (containers.state(service).equals("created")) {
            // A crash came before it was given its files.
            containers.remove(containers.demand(service));
        }
        String container;
        if (containers.find(service).isEmpty()) {
            containers.demandImage(service.image(), out);
            container = containers.start(datastore, service, "");
        } else {
            container = containers.demand(service);
            containers.pause(container, false);
            containers.startExisting(container);
        }
        containers.awaitReady(datastore, service, container);
        links.reachAll(service);
    }

    public void stop(Datastore datastore, ServiceName name) throws InterruptedException {
        try (Held _ = hold(datastore, name)) {
            Service service = stored(get(datastore, name).withStopped(true));
            containers.find(service).ifPresent(container -> {
                containers.pause(container, false);
                containers.stop(container);
            });
        }
    }

    /// Stops a service, and starts it with a new container: changed limits and options hold from then on.
    public void restart(Datastore datastore, ServiceName name, Output out) throws InterruptedException {
        change(datastore, name, service -> service.withStopped(false), out);
    }

    public void pause(Datastore datastore, ServiceName name) throws InterruptedException {
        try (Held _ = hold(datastore, name)) {
            Service service = get(datastore, name);
            demandRunning(service);
            containers.pause(containers.demand(service), true);
        }
    }

    /// Changes what the container of a service is made of, and replaces it; one that is stopped gets it when it is started.
    ///
    /// When the new one does not come up the former one is made again, and the service is as it was.
    public Service change(Datastore datastore, ServiceName name, UnaryOperator<Service> change, Output out) throws InterruptedException {
        try (Held _ = hold(datastore, name)) {
            Service before = get(datastore, name);
            Service after = change.apply(before);
            containers.demandImage(after.image(), out);
            try {
                replace(datastore, after, out);
                return stored(after);
            } catch (InterruptedException | RuntimeException failed) {
                out.warn("Going back to the former container of " + name);
                hokku.api.Uninterruptible.call("bring back " + name, () -> {
                    replace(datastore, before, out);
                    return before;
                });
                throw failed;
            }
        } catch (InterruptedException | RuntimeException failed) {
            throw failed;
        } catch (Exception failed) {
            throw Failures.defect(datastore.name(), "replacing the container", failed);
        }
    }

    void replace(Datastore datastore, Service service, Output out) throws InterruptedException {
        containers.find(service).ifPresent(container -> {
            containers.pause(container, false);
            containers.stop(container);
            containers.remove(container);
        });
        if (!service.stopped()) {
            up(datastore, service, out);
        }
    }

    /// Keeps something of a service that its container knows nothing of.
    public Service set(Datastore datastore, ServiceName name, UnaryOperator<Service> change) throws InterruptedException {
        try (Held _ = hold(datastore, name)) {
            return stored(change.apply(get(datastore, name)));
        }
    }

    Service stored(Service service) {
        try {
            files.store(service);
            return service;
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    /// Where the files are kept that belong to a service.
    public Path folder(Service service) {
        return files.folder(service);
    }

    public String state(Service service) {
        return containers.state(service);
    }

    public String container(Service service) {
        return containers.demand(service);
    }

    public String address(Service service) {
        return containers.address(service);
    }

    /// The machine of a swarm that the data of services is on, and so they; empty where there is no swarm.
    public Optional<String> node() {
        return containers.node();
    }

    ServiceFiles files() {
        return files;
    }

    ServiceContainers containers() {
        return containers;
    }

    /// `Postgres`, as messages begin.
    public static String capitalized(Datastore datastore) {
        return Character.toUpperCase(datastore.name().charAt(0)) + datastore.name().substring(1);
    }
}
