package hokku.swarm;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Task;
import hokku.api.ProcessSpec;
import hokku.api.UserError;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// One task of a service, from its creation to its exit code.
final class ServiceTask {
    private static final Duration LOOK = Duration.ofMillis(150);
    /// How long the swarm may find no node before that counts as a failure: nodes come and go.
    private static final Duration NO_NODE = Duration.ofSeconds(3);
    /// How long a node may not report: after an election the managers hear of no node for some seconds.
    private static final Duration SILENCE = Duration.ofSeconds(20);
    /// How long a node may take to get the image and to make the container.
    private static final Duration PREPARATION = Duration.ofMinutes(15);
    /// How long the managers may give no answer, as while they elect a leader.
    private static final Duration NO_ANSWER = Duration.ofSeconds(60);

    private final SwarmParts parts;
    private final ProcessSpec spec;
    private final String service;
    private final TaskStreams streams;

    private final Patience homeless = new Patience(NO_NODE);
    private final Patience silent = new Patience(SILENCE);
    private final Patience coming = new Patience(PREPARATION);
    private final Patience unanswered = new Patience(NO_ANSWER);

    ServiceTask(SwarmParts parts, ProcessSpec spec, String service, TaskStreams streams) {
        this.parts = parts;
        this.spec = spec;
        this.service = service;
        this.streams = streams;
    }

    /// Passes the output on until the end.
    ///
    /// @return the exit code of its process
    int await() throws InterruptedException {
        Optional<TaskOutput> output = Optional.empty();
        try {
            while (true) {
                Optional<Task> task = look();
                if (task.isPresent()) {
                    TaskVerdict verdict = verdict(task.get());
                    if (output.isEmpty() && !(verdict instanceof TaskVerdict.Coming || verdict instanceof TaskVerdict.Homeless)) {
                        output = Optional.of(new TaskOutput(parts.engine(), task.get().getId(), streams));
                    }
                    output.ifPresent(TaskOutput::goOn);
                    if (heed(verdict, output)) {
                        return ((TaskVerdict.Ended) verdict).code();
                    }
                }
                if (streams.isGivenUp()) {
                    throw new InterruptedException("cancelled");
                }
                Thread.sleep(LOOK);
            }
        } finally {
            output.ifPresent(TaskOutput::close);
        }
    }

    /// @return empty while there is none, or nobody can tell
    private Optional<Task> look() {
        try {
            List<Task> tasks = parts.engine().client().listTasksCmd().withServiceFilter(service).exec();
            if (tasks.isEmpty()) {
                parts.engine().client().inspectServiceCmd(service).exec();
            }
            unanswered.end();
            return tasks.stream().min(Comparator.comparing(Task::getCreatedAt));
        } catch (NotFoundException removed) {
            throw failure("was removed before it was done");
        } catch (DockerException failed) {
            if (unanswered.isOver()) {
                throw SwarmEngine.translated("Nobody knows how " + spec.process() + " of " + spec.app() + " goes on", failed);
            }
            return Optional.empty();
        }
    }

    private TaskVerdict verdict(Task task) {
        try {
            return TaskVerdict.of(spec, task, Optional.ofNullable(task.getNodeId()).map(parts.cluster().nodes()::get));
        } catch (UserError failed) {
            if (unanswered.isOver()) {
                throw failed;
            }
            return new TaskVerdict.Coming();
        }
    }

    /// @return whether it ended
    private boolean heed(TaskVerdict verdict, Optional<TaskOutput> output) throws InterruptedException {
        if (!(verdict instanceof TaskVerdict.Homeless)) {
            homeless.end();
        }
        if (!(verdict instanceof TaskVerdict.Lost)) {
            silent.end();
        }
        switch (verdict) {
            case TaskVerdict.Ended ended -> {
                finish(output);
                return true;
            }
            case TaskVerdict.Failed failed -> {
                finish(output);
                throw failure(failed.why());
            }
            case TaskVerdict.Homeless none -> {
                if (homeless.isOver()) {
                    throw failure("could not be started, because no node of the swarm takes it: " + none.why() + ". See scheduler-swarm:report " + spec.app());
                }
            }
            case TaskVerdict.Lost lost -> {
                if (silent.isOver()) {
                    throw failure("was on " + lost.node() + ", and that node was lost: nobody knows how it ended, or whether it still runs."
                            + " Look at what it was to do before you run it again");
                }
            }
            case TaskVerdict.Coming on -> {
                if (coming.isOver()) {
                    throw failure("was not made ready within " + PREPARATION.toMinutes() + " minutes");
                }
            }
            case TaskVerdict.Running on -> { }
        }
        return false;
    }

    private static void finish(Optional<TaskOutput> output) throws InterruptedException {
        if (output.isPresent()) {
            output.get().finish();
        }
    }

    private UserError failure(String why) {
        return new UserError(UserError.FAILED, spec.process() + " of " + spec.app() + " " + why);
    }
}
