package hokku.core.datastore;

import hokku.api.Output;
import hokku.api.Service;
import hokku.api.ServiceId;
import hokku.api.ServiceName;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import hokku.core.datastore.backup.ServiceData;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/// Services as backups see them.
final class BackedUpServices implements ServiceData {
    private static final String SCRATCH = "-scratch";

    private final Services services;
    private final Clock clock;
    /// The volumes of those that this server made and has not removed yet.
    private final Set<String> scratches = ConcurrentHashMap.newKeySet();

    BackedUpServices(Services services, Clock clock) {
        this.services = services;
        this.clock = clock;
    }

    @Override
    public Service get(Datastore datastore, ServiceName name) {
        return services.get(datastore, name);
    }

    @Override
    public Optional<Service> now(Service service) {
        return services.files().find(service.datastore(), service.id());
    }

    @Override
    public List<Service> list(Datastore datastore) {
        return services.list(datastore);
    }

    @Override
    public Path folder(Service service) {
        return services.folder(service);
    }

    @Override
    public void dump(Datastore datastore, Service service, OutputStream to) throws InterruptedException {
        services.dump(datastore, service, to);
    }

    @Override
    public String verify(Datastore datastore, Service service, InputStream dump) throws InterruptedException {
        AtomicReference<String> found = new AtomicReference<>("");
        services.inside(datastore, service, "verify", inside -> found.set(datastore.verify(service, inside, dump)));
        return found.get();
    }

    @Override
    public void restore(Datastore datastore, Service service, InputStream dump) throws InterruptedException {
        // As an import does: two that came at once, or one in the middle of an upgrade, would take each other's data for leftovers.
        try (Services.Held _ = services.hold(datastore, service.name())) {
            Service now = services.get(datastore, service.name());
            if (!now.id().equals(service.id())) {
                throw new UserError("Service " + service.name() + " is another one now. Nothing was restored");
            }
            services.restore(datastore, now, dump);
        }
    }

    @Override
    public Map<String, Long> contents(Datastore datastore, Service service) throws InterruptedException {
        AtomicReference<Map<String, Long>> found = new AtomicReference<>(Map.of());
        services.inside(datastore, service, "counting", inside -> found.set(datastore.contents(service, inside)));
        return found.get();
    }

    @Override
    public Scratch scratch(Datastore datastore, Service like, Output out) throws InterruptedException {
        ServiceId id = ServiceId.random();
        ServiceContainers containers = services.containers();
        Service bare = Service.create(like.datastore(), ServiceName.of("scratch-" + id), id, like.image(), "", RandomText.password(), clock.instant());
        Service service = bare.withImage(like.image(), containers.newVolumeName(bare, SCRATCH)).withOptions(like.options(), like.env())
                .withLimits(like.memory(), like.shmSize());
        containers.demandImage(service.image(), out);
        Made made = new Made(datastore, service);
        boolean ready = false;
        scratches.add(service.volume());
        try {
            made.start();
            ready = true;
            return made;
        } finally {
            if (!ready) {
                made.close();
            }
        }
    }

    @Override
    public void removeScratches() {
        services.containers().volumes(SCRATCH).stream().filter(volume -> !scratches.contains(volume)).forEach(services.containers()::removeVolumeAndUsers);
    }

    private final class Made implements Scratch {
        private final Datastore datastore;
        private final Service service;
        private volatile String container = "";

        private Made(Datastore datastore, Service service) {
            this.datastore = datastore;
            this.service = service;
        }

        private void start() throws InterruptedException {
            services.containers().createVolume(service, service.volume());
            container = services.containers().start(datastore, service, "scratch");
            services.containers().awaitReady(datastore, service, container);
        }

        private void inside(String what, Services.Work work) throws InterruptedException {
            services.inside(datastore, container, what, work);
        }

        @Override
        public void restore(InputStream dump) throws InterruptedException {
            inside("restore", inside -> datastore.restore(service, inside, dump));
        }

        @Override
        public Map<String, Long> contents() throws InterruptedException {
            AtomicReference<Map<String, Long>> found = new AtomicReference<>(Map.of());
            inside("counting", inside -> found.set(datastore.contents(service, inside)));
            return found.get();
        }

        @Override
        public void close() {
            try {
                hokku.api.Uninterruptible.call("remove " + service.name(), () -> {
                    services.containers().removeVolumeAndUsers(service.volume());
                    return service;
                });
                scratches.remove(service.volume());
            } catch (RuntimeException failed) {
                throw failed;
            } catch (Exception failed) {
                throw new UserError(UserError.FAILED, "The service of its own could not be removed: " + failed.getMessage(), failed);
            }
        }
    }
}
