package hokku.core.deploy;

import hokku.api.AppName;
import hokku.core.state.BuildRecord;
import hokku.core.state.BuildRecord.Status;
import java.time.Clock;

/// A deploy while it runs: what is known of it, its stages, and its output. Ends with what is known when it is closed.
final class RunningBuild implements AutoCloseable {
    private final AppName app;
    private final Stages stages;
    private final BuildLog log;
    private final Builds builds;
    private final Clock clock;
    /// Guarded by this.
    private BuildRecord build;

    RunningBuild(AppName app, BuildRecord begun, Stages stages, BuildLog log, Builds builds, Clock clock) {
        this.app = app;
        this.build = begun;
        this.stages = stages;
        this.log = log;
        this.builds = builds;
        this.clock = clock;
    }

    AppName app() {
        return app;
    }

    Stages stages() {
        return stages;
    }

    BuildLog log() {
        return log;
    }

    /// As it stands now.
    synchronized BuildRecord build() {
        return build.status() == Status.RUNNING ? build.withStages(stages.current(), stages.measured()) : build;
    }

    /// The release is live.
    synchronized void succeeded() {
        stages.end();
        build = build.withStages("", stages.measured()).withStatus(Status.SUCCEEDED, "");
    }

    /// What comes after the release went live does not change that it did.
    synchronized void ended(Status how, String why) {
        if (build.status() == Status.RUNNING) {
            stages.end();
            build = build.withStages(stages.current(), stages.measured()).withStatus(how, why.lines().findFirst().orElse(""));
        }
    }

    @Override
    public void close() {
        ended(Status.FAILED, "A defect ended it; the server's log says more");
        synchronized (this) {
            build = build.withFinished(clock.instant());
        }
        builds.finish(this);
        log.close();
    }
}
