package hokku.core.deploy;

import hokku.api.AppName;
import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.UserError;
import hokku.api.spi.Job;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps what apps pile up small: objects of refused pushes in their repositories, images that no release needs.
public final class Upkeep implements Plugin, Job {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final Duration INTERVAL = Duration.ofHours(24);

    private final LiveApps apps;
    private final Deploys deploys;

    public Upkeep(LiveApps apps, Deploys deploys) {
        this.apps = apps;
        this.deploys = deploys;
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
        for (AppName app : apps.list()) {
            try {
                deploys.tidy(app);
            } catch (UserError failed) {
                LOG.warn("{} could not be tidied: {}", app, failed.getMessage());
            } catch (RuntimeException defect) {
                LOG.error("{} could not be tidied", app, defect);
            }
        }
    }
}
