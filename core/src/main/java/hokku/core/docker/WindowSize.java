package hokku.core.docker;

import com.github.dockerjava.api.exception.DockerException;
import hokku.api.UserError;
import hokku.api.spi.Terminal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The size of a terminal inside a container.
final class WindowSize {
    private static final Logger LOG = LoggerFactory.getLogger(WindowSize.class);

    private WindowSize() {}

    /// Keeps the size of the process' terminal at the size of the user's.
    static void follow(Terminal terminal, Runnable resize) {
        Runnable guarded = () -> {
            try {
                resize.run();
            } catch (DockerException | UserError e) {
                // The process has just ended, or is not quite there yet: the size is a courtesy.
                LOG.debug("Cannot resize a terminal", e);
            }
        };
        terminal.onResize(() -> Thread.ofVirtual().name("terminal-resize").start(guarded));
        Thread.ofVirtual().name("terminal-size").start(() -> firstSize(resize));
    }

    /// A process that was started a moment ago may have no terminal yet.
    private static void firstSize(Runnable resize) {
        for (int attempt = 0; attempt < 20; attempt++) {
            try {
                resize.run();
                return;
            } catch (DockerException | UserError e) {
                LOG.debug("Cannot resize a terminal yet", e);
            }
            try {
                Thread.sleep(10L * (attempt + 1));
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
