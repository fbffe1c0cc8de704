package hokku.core.datastore;

import hokku.api.Contributions;
import hokku.api.Output;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.spi.Datastore;
import hokku.api.spi.Job;
import hokku.core.plugin.Registry.Contribution;
import hokku.core.plugin.Snapshots;
import java.time.Duration;
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
                services.settle(datastore.value(), new ToLog());
            }
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
