package hokku.core.datastore;

import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.Service;
import hokku.api.ServiceId;
import hokku.api.spi.Datastore;
import hokku.api.spi.Job;
import hokku.core.deploy.LogOutput;
import hokku.core.plugin.Registry.Contribution;
import hokku.core.plugin.Snapshots;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees to it that services run that should, and that the apps linked to them reach them: whatever became of a container, or of the engine, nobody
/// has to come and start them.
///
/// It looks as soon as the engine tells that a container ended: the engine starts again what crashed, but not what somebody killed. And it looks
/// every minute, for what nobody told of.
public final class ServiceWatch implements Plugin, Job {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceWatch.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    /// What the engine restarts by itself runs again after that.
    private static final Duration SOON = Duration.ofMillis(200);

    private final Snapshots snapshots;
    private final Services services;
    private final Alarms alarms;
    private volatile Closeable listening = () -> {};

    public ServiceWatch(Snapshots snapshots, Services services) {
        this(snapshots, services, SOON);
    }

    ServiceWatch(Snapshots snapshots, Services services, Duration soon) {
        this.snapshots = snapshots;
        this.services = services;
        this.alarms = new Alarms(soon, INTERVAL, this::look);
    }

    @Override
    public void contribute(PluginContext context, Contributions to) {
        to.job(this);
    }

    /// Begins to look at what the engine tells of, and looks at every service now.
    public void start() {
        listening = services.containers().listen(() -> services.all().stream().map(Service::id).forEach(alarms::ring), alarms::ring);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        alarms.close();
    }

    @Override
    public String name() {
        return "services";
    }

    @Override
    public When when() {
        return new When.Every(INTERVAL);
    }

    @Override
    public void run() throws InterruptedException {
        try (Snapshots.Lease lease = snapshots.lease()) {
            for (Contribution<Datastore> datastore : lease.registry().datastores().values()) {
                for (Service each : services.list(datastore.value())) {
                    // What somebody is changing is left to them.
                    Optional<Services.Held> held = services.tryHold(datastore.value(), each.name());
                    if (held.isPresent()) {
                        settle(datastore.value(), each, held.get());
                    }
                }
            }
        }
    }

    /// Looks at one of which something was heard. Where somebody is changing it, that may be their doing: afterwards it shows.
    private void look(ServiceId id) throws InterruptedException {
        Optional<Service> service = services.all().stream().filter(each -> each.id().equals(id)).findFirst();
        if (service.isPresent()) {
            try (Snapshots.Lease lease = snapshots.lease()) {
                Contribution<Datastore> datastore = lease.registry().datastores().get(service.get().datastore());
                if (datastore != null) {
                    settle(datastore.value(), service.get(), services.hold(datastore.value(), service.get().name()));
                }
            }
        }
    }

    private void settle(Datastore datastore, Service listed, Services.Held held) throws InterruptedException {
        try (held) {
            // It may have been destroyed, or stopped, since it was listed.
            Optional<Service> service = services.files().find(datastore.name(), listed.name()).filter(found -> !found.stopped());
            if (service.isPresent()) {
                settle(datastore, service.get());
            }
        } catch (RuntimeException failed) {
            LOG.error("{} {} could not be brought to run: {}", datastore.title(), listed.name(), failed.getMessage());
        }
    }

    private void settle(Datastore datastore, Service service) throws InterruptedException {
        String state = services.state(service);
        if (!services.containers().fits(service)) {
            LOG.info("{} {} runs on the data of before a change: its container is replaced", datastore.title(), service.name());
            services.replace(datastore, service, new LogOutput(datastore.name() + " " + service.name()));
        } else if (state.equals("running")) {
            services.links().reachAll(service);
        } else if (!state.equals("paused")) {
            LOG.info("{} {} is {}: it is started", datastore.title(), service.name(), state);
            services.up(datastore, service, new LogOutput(datastore.name() + " " + service.name()));
        }
        services.upgrades().settle(datastore, service);
    }
}
