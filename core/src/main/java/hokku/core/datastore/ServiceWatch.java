package hokku.core.datastore;

import hokku.api.Contributions;
import hokku.api.Output;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.Service;
import hokku.api.spi.Datastore;
import hokku.api.spi.Job;
import hokku.core.plugin.Registry.Contribution;
import hokku.core.plugin.Snapshots;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees to it every minute that services run that should, and that the apps linked to them reach them: whatever became of a container, or of the
/// engine, nobody has to come and start them.
public final class ServiceWatch implements Plugin, Job {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceWatch.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Snapshots snapshots;
    private final Services services;

    public ServiceWatch(Snapshots snapshots, Services services) {
        this.snapshots = snapshots;
        this.services = services;
    }

    @Override
    public void contribute(PluginContext context, Contributions to) {
        to.job(this);
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
                settle(datastore.value());
            }
        }
    }

    /// What somebody is changing is left to them.
    private void settle(Datastore datastore) throws InterruptedException {
        for (Service each : services.list(datastore)) {
            Optional<Services.Held> held = services.tryHold(datastore, each.name());
            if (held.isPresent()) {
                try (Services.Held _ = held.get()) {
                    // It may have been destroyed, or stopped, since the list was made.
                    Optional<Service> service = services.files().find(datastore.name(), each.name()).filter(found -> !found.stopped());
                    if (service.isPresent()) {
                        settle(datastore, service.get());
                    }
                } catch (RuntimeException failed) {
                    LOG.error("{} {} could not be brought to run: {}", datastore.title(), each.name(), failed.getMessage());
                }
            }
        }
    }

    private void settle(Datastore datastore, Service service) throws InterruptedException {
        services.upgrades().settle(datastore, service);
        String state = services.state(service);
        if (!services.containers().fits(service)) {
            LOG.info("{} {} runs on the data of before a change: its container is replaced", datastore.title(), service.name());
            services.replace(datastore, service, new ToLog());
        } else if (state.equals("running")) {
            services.links().reachAll(service);
        } else if (!state.equals("paused")) {
            LOG.info("{} {} is {}: it is started", datastore.title(), service.name(), state);
            services.up(datastore, service, new ToLog());
        }
    }

    /// Nobody waits for the output.
    private record ToLog() implements Output {
        @Override
        public void step(String text) {
            LOG.info(text);
        }

        @Override
        public void milestone(String text) {
            LOG.info(text);
        }

        @Override
        public void detail(String text) {
            LOG.debug(text);
        }

        @Override
        public void warn(String text) {
            LOG.warn(text);
        }

        @Override
        public void line(String text) {
            LOG.debug(text);
        }
    }
}
