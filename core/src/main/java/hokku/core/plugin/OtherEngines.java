package hokku.core.plugin;

import hokku.api.Engine;
import hokku.api.EngineAddress;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The engines at other addresses that one plugin asked for, open until it is closed. Safe for use by several threads.
public final class OtherEngines implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OtherEngines.class);

    /// An engine, and how it is closed.
    public record Opened(Engine engine, Closing closing) {}

    /// Closes an engine.
    @FunctionalInterface
    public interface Closing {
        void close() throws IOException;
    }

    private final String plugin;
    private final Function<EngineAddress, Opened> opening;
    /// Guarded by this object, as is `closed`.
    private final Map<EngineAddress, Opened> opened = new HashMap<>();
    private boolean closed;

    OtherEngines(String plugin, Function<EngineAddress, Opened> opening) {
        this.plugin = plugin;
        this.opening = opening;
    }

    synchronized Engine at(EngineAddress address) {
        if (closed) {
            throw new IllegalStateException("plugin " + plugin + " was closed, and has no use for the engine at " + address);
        }
        return opened.computeIfAbsent(address, opening).engine();
    }

    /// Does nothing the second time.
    @Override
    public synchronized void close() {
        closed = true;
        opened.forEach((address, one) -> {
            try {
                one.closing().close();
            } catch (IOException e) {
                LOG.warn("The engine at {} was not closed well", address, e);
            }
        });
        opened.clear();
    }
}
