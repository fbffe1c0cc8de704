package hokku.core.deploy;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets a test end the server's process at a boundary between two stages of a change; does nothing in production.
public final class FaultPoints {
    /// The boundaries: of a deploy, in the order in which it passes them, then of a rename and of a clone.
    public enum Point {
        BEGUN, BUILT, RECORDED, CLEARED, STARTED, PREPARED, JOURNALLED, COMMITTED, ADOPTED, MOVED, RETIRED, RENAMING, RENAMED, REROUTED, CLONING, CLONED
    }

    /// Never ends anything.
    public static final FaultPoints NONE = new FaultPoints("");
    private static final Logger LOG = LoggerFactory.getLogger(FaultPoints.class);

    private final String fatal;
    private final Runnable end;

    /// @param fatal the name of the point at which the process ends, as if it was killed; empty for none
    public FaultPoints(String fatal) {
        this(fatal, () -> Runtime.getRuntime().halt(137));
    }

    /// @param end ends what a test takes for the process
    FaultPoints(String fatal, Runnable end) {
        this.fatal = fatal;
        this.end = end;
    }

    void reach(Point point) {
        if (point.name().equalsIgnoreCase(fatal)) {
            LOG.error("Ending at the fault point {}", point);
            end.run();
        }
    }
}
