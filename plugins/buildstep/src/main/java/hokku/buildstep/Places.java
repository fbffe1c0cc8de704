package hokku.buildstep;

import hokku.api.Output;
import java.util.function.IntSupplier;

/// Bounds how many builds run at the same time.
final class Places {
    /// Guarded by this.
    private int taken;

    /// A place that is held until it is closed.
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /// @param most how many there are; asked again whenever one became free
    synchronized Place take(IntSupplier most, Output out) throws InterruptedException {
        if (taken >= most.getAsInt()) {
            out.detail("Waiting for the end of another build: " + taken + " run at the same time (builder-buildstep builds-at-once)");
            while (taken >= most.getAsInt()) {
                wait();
            }
        }
        taken++;
        return this::leave;
    }

    private synchronized void leave() {
        taken--;
        notifyAll();
    }
}
