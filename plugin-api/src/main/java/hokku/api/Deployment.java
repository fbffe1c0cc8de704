package hokku.api;

import java.util.List;

/// A release that is about to run: with which processes, how many of each, and how.
///
/// @param id names this rollout among all rollouts of the app; a restart of the same release has another one
/// @param app the app as it will be when the deployment is live
/// @param processes one specification per process that is to run
public record Deployment(String id, App app, Release release, List<ProcessSpec> processes) {
    public Deployment {
        processes = List.copyOf(processes);
    }

    public static Deployment of(String id, App app, Release release, List<ProcessSpec> processes) {
        return new Deployment(id, app, release, processes);
    }

    public Deployment withProcesses(List<ProcessSpec> changed) {
        return new Deployment(id, app, release, changed);
    }

    @Override
    public String toString() {
        return "Deployment[" + app.name() + " release " + release.number() + "]";
    }
}
