package hokku.api.spi;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.Attachment;
import hokku.api.Deployment;
import hokku.api.Endpoint;
import hokku.api.Instance;
import hokku.api.Output;
import hokku.api.ProcessSpec;
import hokku.api.UserError;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Runs containers. Safe for use by several threads; calls about one app do not overlap, except reading ones.
///
/// When its engine does not answer, methods throw a [hokku.api.UserError] with exit code 69. What cannot run anything, since nobody has set
/// it up, runs nothing: it answers that, and ends and removes what it never had without a word.
///
/// An app may move from one scheduler to another, which start, switch and retire like in any rollout: for a while both run containers of
/// it, and all of them are asked about it. Each tells, and ends, only what it started itself, even if two share an engine.
public interface Scheduler {
    /// What `scheduler:set <app> selected <name>` calls it.
    String name();

    /// Starts what of the deployment does not run yet, beside whatever else runs of the app, and waits until every container passed
    /// its checks. When it throws, also after an interrupt, what it started is gone, and all that ran before runs: what it had to stop
    /// of a former deployment runs again, and what ran of this one already is left alone.
    ///
    /// @return where the containers answer
    /// @throws hokku.api.UserError when a container does not start or fails its checks, with the last lines of its output
    List<Endpoint> start(Deployment deployment, Output out) throws Exception;

    /// Starts in the same way, and may lead requests elsewhere meanwhile: where there is no room for both, former containers are replaced a few
    /// at a time. When it throws, requests are led again to what ran before.
    ///
    /// @param passage leads the app's requests until this returns
    default List<Endpoint> start(Deployment deployment, Passage passage, Output out) throws Exception {
        return start(deployment, out);
    }

    /// Ends and removes those of the app's process containers (kind `DEPLOY`, running or not) that are meant, each with its stop
    /// timeout, all at the same time. Returns when they are gone. May overlap with [#start] of another deployment.
    ///
    /// @param which decides by process, index and deployment; containers that it does not accept are left alone
    void retire(AppId app, Predicate<Instance> which) throws InterruptedException;

    /// Ends and removes everything that it holds for an app: containers of every kind, networks. Volumes with data stay. Nothing happens
    /// for an app that it never ran.
    void destroy(App app) throws InterruptedException;

    /// The containers of one app, of every kind and deployment, sorted by process and index.
    List<Instance> instances(AppId app);

    /// The containers of all apps of this server.
    List<Instance> instances();

    /// Tells when containers of an app start, stop, or answer at another address: by their app. Calls come from one thread.
    /// After a gap (the engine was away) every app may be told.
    ///
    /// @return ends the watch
    AutoCloseable watch(Consumer<AppId> changed);

    /// Passes on what containers wrote: the last `lines` of each, then what follows when `follow`, until interrupted.
    void logs(List<Instance> of, int lines, boolean follow, LogSink sink) throws InterruptedException;

    /// Runs a one-off container to its end and removes it.
    ///
    /// @return its exit code
    /// @throws InterruptedException when it was cancelled; the container is gone then
    int run(ProcessSpec task, Attachment attachment) throws InterruptedException;

    /// Runs a command in a container that runs already.
    ///
    /// @return its exit code
    int enter(Instance instance, List<String> command, Attachment attachment) throws InterruptedException;

    /// Lets the containers of an app reach another container of the server's engine, by names that hold for this app alone. Nothing happens where
    /// they reach it already.
    ///
    /// @throws hokku.api.UserError when it cannot
    default void attach(App app, String container, List<String> names) throws Exception {
        throw new UserError("The scheduler " + name() + " cannot let " + app.name() + " reach a service of the server's engine");
    }

    /// Takes that back. Nothing happens where they do not reach it.
    default void detach(App app, String container) throws Exception {}

    /// Leads the requests of an app while its containers are replaced. Used by the thread that starts them.
    interface Passage {
        /// Returns when new requests are led to these containers, of the former deployment and of the new one, and to no others.
        void lead(List<Endpoint> to) throws Exception;
    }

    /// Takes the lines of containers.
    interface LogSink {
        /// One line without its end. Calls do not overlap.
        ///
        /// @param error whether it came from the error stream
        void line(Instance from, java.time.Instant at, boolean error, String text);
    }
}
