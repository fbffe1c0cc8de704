package hokku.core.deploy;

import hokku.api.Output;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the server's log, where nobody waits for the output.
public final class LogOutput implements Output {
    private static final Logger LOG = LoggerFactory.getLogger("hokku.apps");
    private final Object about;

    /// @param about what each line begins with
    public LogOutput(Object about) {
        this.about = about;
    }

    @Override
    public void step(String text) {
        LOG.info("{}: {}", about, text);
    }

    @Override
    public void milestone(String text) {
        LOG.info("{}: {}", about, text);
    }

    @Override
    public void detail(String text) {
        LOG.debug("{}: {}", about, text);
    }

    @Override
    public void warn(String text) {
        LOG.warn("{}: {}", about, text);
    }

    @Override
    public void line(String text) {
        LOG.debug("{}: {}", about, text);
    }
}
