package hokku.containers;

import hokku.api.AppName;
import hokku.api.Instance;
import hokku.api.Output;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The last lines of a container that did not come up, for the one who deploys.
public final class FailureOutput {
    private static final Logger LOG = LoggerFactory.getLogger(FailureOutput.class);
    private static final int LINES = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private FailureOutput() {}

    /// @param name which container it is, for people
    public static void show(MergedLogs logs, AppName app, String name, Instance container, Output out) {
        String what = " of " + app + " container output (" + name + ")";
        out.milestone("Start" + what);
        try {
            logs.last(List.of(container), LINES, PATIENCE).forEach(line -> out.detail(line.text()));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failed) {
            LOG.warn("The output of a container that failed cannot be shown", failed);
        }
        out.milestone("End" + what);
    }
}
