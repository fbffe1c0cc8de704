package hokku.dockerfile;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does something to its end on a thread that no interrupt reaches. What fails there must not hide what happened before.
final class Undisturbed {
    private static final Logger LOG = LoggerFactory.getLogger(Undisturbed.class);

    interface Work {
        void run() throws Exception;
    }

    private Undisturbed() {}

    static void run(String name, Work work) {
        Thread worker = Thread.ofVirtual().name(name).start(() -> {
            try {
                work.run();
            } catch (Exception failure) {
                LOG.warn("What a build left could not be removed", failure);
            }
        });
        boolean interrupted = false;
        while (worker.isAlive()) {
            try {
                worker.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
