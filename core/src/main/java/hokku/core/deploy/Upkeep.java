package hokku.core.deploy;

import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.spi.Job;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps what apps pile up small: objects of refused pushes in their repositories, images that no release needs, old builds.
public final class Upkeep implements Plugin, Job {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final Duration INTERVAL = Duration.ofHours(24);

    private final Housekeeping housekeeping;

    public Upkeep(Housekeeping housekeeping) {
        this.housekeeping = housekeeping;
    }

    @Override
    public void contribute(PluginContext context, Contributions to) {
        to.job(this);
    }

    @Override
    public String name() {
        return "upkeep";
    }

    @Override
    public When when() {
        return new When.Every(INTERVAL);
    }

    @Override
    public void run() throws InterruptedException {
        Housekeeping.Freed freed = housekeeping.cleanAll(true);
        freed.failed().forEach((app, why) -> LOG.warn("{} could not be tidied: {}", app, why));
        LOG.info("{} images and {} old files were removed", freed.images().size(), freed.builds().files() + freed.trash().files());
    }
}
