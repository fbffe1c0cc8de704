package hokku.core.deploy;

import hokku.api.AppName;
import hokku.api.Output;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the server's log, where nobody waits for the output.
final class LogOutput implements Output {
    private static final Logger LOG = LoggerFactory.getLogger("hokku.apps");
    private final AppName app;

    LogOutput(AppName app) {
        this.app = app;
    }

    @Override
    public void step(String text) {
        LOG.info("{}: {}", app, text);
    }

    @Override
    public void milestone(String text) {
        LOG.info("{}: {}", app, text);
    }

    @Override
    public void detail(String text) {
        LOG.debug("{}: {}", app, text);
    }

    @Override
    public void warn(String text) {
        LOG.warn("{}: {}", app, text);
    }

    @Override
    public void line(String text) {
        LOG.debug("{}: {}", app, text);
    }
}
