package hokku.dockerlocal;

import hokku.api.Deployment;
import hokku.api.Instance;
import hokku.api.Output;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.containers.MergedLogs;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The last lines of a container that did not come up, for the one who deploys.
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
        if (failure.container().isEmpty()) {
            return;
        }
        String what = " of " + deployment.app().name() + " container output (" + failure.container().substring(0, 12) + " "
                + failure.dyno() + ")";
        out.milestone("Start" + what);
        try {
            logs.last(List.of(instance(failure.container())), LINES, PATIENCE).forEach(line -> out.detail(line.text()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("The output of a container that failed cannot be shown", e);
        }
        out.milestone("End" + what);
    }

    private Instance instance(String container) {
        return new Instance(deployment.app().id(), ProcessSpec.Kind.DEPLOY, ProcessType.WEB, 1, container, "", deployment.id(),
                deployment.release().number(), Instance.State.EXITED, Optional.empty(), OptionalInt.empty(), List.of());
    }
}
