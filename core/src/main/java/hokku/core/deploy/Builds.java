package hokku.core.deploy;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Identity;
import hokku.api.Output;
import hokku.api.UserError;
import hokku.core.git.Push;
import hokku.core.state.BuildRecord;
import hokku.core.state.BuildRecord.Status;
import hokku.core.state.BuildRecords;
import hokku.core.state.Catalogue;
import hokku.core.state.Home;
import hokku.core.state.ReleaseJournal;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What was deployed and is being deployed: the records of builds, and their output. Safe for use by several threads.
public final class Builds {
    private static final Logger LOG = LoggerFactory.getLogger(Builds.class);

    /// A build of an app, as it stands.
    public record Build(AppName app, BuildRecord record) {}

    private final Home home;
    private final Catalogue catalogue;
    private final DeployQueue queue;
    private final Clock clock;
    private final Map<AppName, RunningBuild> running = new ConcurrentHashMap<>();

    Builds(Home home, Catalogue catalogue, DeployQueue queue, Clock clock) {
        this.home = home;
        this.catalogue = catalogue;
        this.queue = queue;
        this.clock = clock;
    }

    /// Begins the record of a deploy whose turn it is. That it cannot be written keeps nobody from deploying.
    RunningBuild begin(Push push, int number, String source, Stages stages, Output out) {
        App app = catalogue.get(push.app());
        BuildRecords records = records(app.name());
        BuildLog log = BuildLog.open(records.log(number), CoreSettings.bytes(app.value(CoreSettings.BUILDS_SIZE).orElseThrow()), out);
        BuildRecord begun = BuildRecord.begun(number, source, push.commit(), push.by().name(), clock.instant());
        RunningBuild build = new RunningBuild(app.name(), begun, stages, log, this, clock);
        running.put(app.name(), build);
        write(app.name(), begun);
        return build;
    }

    void finish(RunningBuild build) {
        write(build.app(), build.build());
        running.remove(build.app(), build);
        try {
            catalogue.find(build.app()).ifPresent(this::prune);
        } catch (UserError failed) {
            LOG.warn("{}: old builds could not be removed: {}", build.app(), failed.getMessage());
        }
    }

    private void write(AppName app, BuildRecord build) {
        try {
            // An app that was destroyed meanwhile is not to come back as a folder of builds.
            if (catalogue.find(app).isPresent()) {
                records(app).write(build);
            }
        } catch (IOException failed) {
            LOG.warn("{}: what became of build {} is not written down: {}", app, build.number(), failed.getMessage());
        }
    }

    private BuildRecords records(AppName app) {
        return new BuildRecords(home.builds(app));
    }

    /// Removes builds of an app that are too many, and outputs that are too large.
    BuildRecords.Removed prune(App app) {
        int now = Optional.ofNullable(running.get(app.name())).map(build -> build.build().number()).orElse(0);
        try {
            return records(app.name()).prune(now, app.value(CoreSettings.BUILDS_RETENTION).orElseThrow(),
                    CoreSettings.bytes(app.value(CoreSettings.BUILDS_SIZE).orElseThrow()));
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    /// Removes builds of an app that are too many, and outputs that are too large.
    public BuildRecords.Removed prune(AppName app) {
        return prune(catalogue.get(app));
    }

    /// What is known of an app: the one that waits, the one that runs, and the others, the newest first.
    public List<Build> of(AppName app) {
        catalogue.get(app);
        List<Build> all = new ArrayList<>(queue.waiting().stream().filter(each -> each.app().equals(app)).map(Builds::waiting).toList());
        try {
            for (BuildRecord build : records(app).all()) {
                all.add(new Build(app, current(app, build)));
            }
            return all;
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    /// What runs or waits, of all apps.
    public List<Build> open() {
        List<Build> all = new ArrayList<>(running.values().stream().map(build -> new Build(build.app(), build.build())).toList());
        queue.waiting().stream().map(Builds::waiting).forEach(all::add);
        return all;
    }

    private static Build waiting(DeployQueue.Waiting waiting) {
        return new Build(waiting.app(), new BuildRecord(0, "", waiting.commit(), waiting.by(), waiting.since(), Optional.empty(),
                Status.WAITING, "", "", new LinkedHashMap<>()));
    }

    /// The build of a number.
    ///
    /// @throws UserError when there is none
    public Build get(AppName app, int number) {
        catalogue.get(app);
        BuildRecord build = records(app).read(number).orElseThrow(() -> unknown(app, number));
        return new Build(app, current(app, build));
    }

    private static UserError unknown(AppName app, int number) {
        return new UserError("No build record found for " + app + "/" + number + ". See builds:list " + app);
    }

    /// The number of the build that runs.
    public Optional<Integer> runningNumber(AppName app) {
        return Optional.ofNullable(running.get(app)).map(build -> build.build().number());
    }

    /// The number of the build that began last.
    public Optional<Integer> lastNumber(AppName app) {
        catalogue.get(app);
        try {
            return records(app).newest().map(BuildRecord::number);
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    /// A record that says "running" without a build that does is of one that ended in this moment, or that its server did not outlive.
    private BuildRecord current(AppName app, BuildRecord build) {
        if (build.status() != Status.RUNNING) {
            return build;
        }
        Optional<BuildRecord> now = Optional.ofNullable(running.get(app)).map(RunningBuild::build)
                .filter(each -> each.number() == build.number())
                .or(() -> records(app).read(build.number()).filter(each -> each.status() != Status.RUNNING));
        return now.orElseGet(() -> left(app, build));
    }

    /// The journal knows how a build ended whose record was not finished.
    private BuildRecord left(AppName app, BuildRecord build) {
        try {
            ReleaseJournal journal = catalogue.journal(app);
            if (journal.markers().stream().anyMatch(marker -> marker.release() == build.number())) {
                return build.withStatus(Status.SUCCEEDED, "");
            }
            return journal.failure(build.number()).map(why -> build.withStatus(Status.FAILED, why))
                    .orElseGet(() -> build.withStatus(Status.ABANDONED, "The server ended while it ran"));
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    /// Passes on what a build told its pusher, line by line.
    ///
    /// @param follow whether to go on until it has ended
    public void output(AppName app, int number, boolean follow, Consumer<String> to) throws InterruptedException {
        Optional<RunningBuild> build = Optional.ofNullable(running.get(app)).filter(each -> each.build().number() == number);
        try (FileInputStream file = new FileInputStream(records(app).log(number).toFile()); LineStream lines = new LineStream(to)) {
            long seen = file.transferTo(lines);
            while (follow && build.isPresent() && build.get().log().awaitMore(seen)) {
                seen += file.transferTo(lines);
            }
        } catch (FileNotFoundException gone) {
            throw notKept(app, number, gone);
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    private UserError notKept(AppName app, int number, IOException cause) {
        get(app, number);
        return new UserError(UserError.FAILED, "The output of build " + number + " of " + app + " is not kept: builds:report " + app
                + " says how many are, and how large", cause);
    }

    /// Deploys that somebody wanted to end.
    ///
    /// @param ended what did
    /// @param live what was live before it could be ended
    public record Cancelled(List<String> ended, List<String> live) {}

    /// Ends what is being deployed of an app, and what waits, and waits for its end.
    ///
    /// @param told gets what is about to end
    public Cancelled cancel(AppName app, Identity by, Consumer<String> told) throws InterruptedException {
        DeployQueue.Cancelled cancelled = queue.cancel(app, by.name());
        cancelled.what().forEach(told);
        cancelled.awaitEnd();
        return new Cancelled(cancelled.ended(), cancelled.live());
    }
}
