package hokku.swarm;

import hokku.api.Deployment;
import hokku.api.Output;
import hokku.containers.MergedLogs;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The last lines of a task that did not come up, for the one who deploys.
final class FailureOutput {
    private static final Logger LOG = LoggerFactory.getLogger(FailureOutput.class);
    private static final int LINES = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final MergedLogs logs;
    private final Deployment deployment;
    private final Output out;

    FailureOutput(MergedLogs logs, Deployment deployment, Output out) {
        this.logs = logs;
        this.deployment = deployment;
        this.out = out;
    }

    void show(StartFailure failure) {
        if (failure.replica().container().isEmpty()) {
            return;
        }
        String what = " of " + deployment.app().name() + " container output (" + failure.replica().name() + " " + failure.where() + ")";
        out.milestone("Start" + what);
        try {
            logs.last(List.of(failure.replica().instance()), LINES, PATIENCE).forEach(line -> out.detail(line.text()));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failed) {
            LOG.warn("The output of a task that failed cannot be shown", failed);
        }
        out.milestone("End" + what);
    }
}
