package hokku.swarm;

import com.github.dockerjava.api.model.Task;
import com.github.dockerjava.api.model.TaskState;
import hokku.api.Deployment;
import hokku.api.Output;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.UserError;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits until every task of some services runs and passed its checks, or one shows that it will not.
final class Convergence implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Convergence.class);
    /// How long the swarm may find no node for a task before that is given up: nodes come and go.
    private static final Duration NO_NODE = Duration.ofSeconds(2);
    /// How long the swarm may make no task for a place.
    private static final Duration NO_TASK = Duration.ofSeconds(60);
    /// How long the managers may give no answer, as while they elect a leader.
    private static final Duration NO_ANSWER = Duration.ofSeconds(60);
    /// How long a node may take to get the image and to make the container.
    private static final Duration PREPARATION = Duration.ofMinutes(15);
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Cluster cluster;
    private final Deployment deployment;
    private final Output out;
    private final Room room;
    private final Map<ProcessType, ProcessSpec> specs;
    private final long begun = System.nanoTime();

    /// The checks of tasks that run, by the task's id.
    private final Map<String, TaskCheck> checks = new HashMap<>();
    /// Tasks that had ended before this began, by their ids.
    private final Set<String> history;
    /// Since when no node takes a task, by its id, in nanoseconds.
    private final Map<String, Long> stuck = new HashMap<>();
    /// Since when a container starts, by the id of its task, in nanoseconds.
    private final Map<String, Long> starting = new HashMap<>();
    /// Places that have no task yet, by their names.
    private final Map<String, Patience> coming = new HashMap<>();
    private final Patience unanswered = new Patience(NO_ANSWER);
    private final LinkedBlockingQueue<TaskCheck> verdicts = new LinkedBlockingQueue<>();

    /// @param revived the ids of services that were there before: how their tasks ended then does not count
    Convergence(Cluster cluster, Deployment deployment, Set<String> revived, Room room, Output out) {
        this.cluster = cluster;
        this.deployment = deployment;
        this.out = out;
        this.room = room;
        this.history = cluster.replicas(deployment.app().id(), deployment.id()).stream().filter(replica -> revived.contains(replica.service().id()))
                .flatMap(replica -> Stream.concat(replica.ended().stream(), replica.task().stream())).map(Task::getId).collect(Collectors.toSet());
        this.specs = deployment.processes().stream().collect(Collectors.toMap(ProcessSpec::process, Function.identity()));
    }

    /// @param services the ids of those that are waited for
    /// @return their replicas, all of them running
    /// @throws StartFailure with the first one that does not come up
    List<Replica> await(Set<String> services) throws Exception {
        while (true) {
            Optional<List<Replica>> answer = replicas();
            if (answer.isPresent()) {
                List<Replica> replicas = answer.get().stream().filter(replica -> services.contains(replica.service().id()))
                        .map(Replica::asMeant).toList();
                demandAll(services, replicas);
                boolean complete = true;
                for (Replica replica : replicas) {
                    complete &= look(replica);
                }
                if (complete) {
                    return replicas;
                }
                makeRoom(replicas);
            }
            TaskCheck verdict = verdicts.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            if (verdict != null) {
                verdict.demandPassed();
            }
        }
    }

    /// @return empty while nobody can tell, as during an election
    private Optional<List<Replica>> replicas() {
        try {
            List<Replica> replicas = cluster.replicas(deployment.app().id(), deployment.id());
            unanswered.end();
            return Optional.of(replicas);
        } catch (UserError failed) {
            if (unanswered.isOver()) {
                throw failed;
            }
            LOG.debug("Nobody knows how {} goes on", deployment, failed);
            return Optional.empty();
        }
    }

    private void demandAll(Set<String> services, List<Replica> replicas) {
        Set<String> there = replicas.stream().map(replica -> replica.service().id()).collect(Collectors.toSet());
        if (!there.containsAll(services)) {
            throw new UserError(deployment.app().name() + " could not be started: somebody removed a service of it meanwhile");
        }
    }

    /// Once all that found a place passed: a release that does not work must not cost more of the former one than it needs.
    private void makeRoom(List<Replica> replicas) throws Exception {
        Optional<Replica> homeless = replicas.stream().filter(this::isHomeless).findFirst();
        List<Replica> passed = replicas.stream().filter(this::isPassed).toList();
        if (homeless.isPresent() && room.isLeft() && replicas.stream().allMatch(replica -> replica.isStuck() || passed.contains(replica))) {
            if (room.wasInVain(passed.size())) {
                throw new StartFailure(homeless.get(), "no node of the swarm takes it, although former containers ended for it: " + homeless.get().error()
                        + ". Where more of them have to end at once: scheduler-swarm:set " + deployment.app().name() + " update-parallelism");
            }
            room.make(homeless.get().service().process(), passed);
            stuck.clear();
        }
    }

    private boolean isHomeless(Replica replica) {
        return replica.lacksRoom() && replica.task().map(Task::getId).map(stuck::get).filter(since -> System.nanoTime() - since > NO_NODE.toNanos()).isPresent();
    }

    private boolean isPassed(Replica replica) {
        return replica.task().map(Task::getId).map(checks::get).filter(TaskCheck::isPassed).isPresent();
    }

    /// @return whether the task runs and passed
    private boolean look(Replica replica) throws StartFailure {
        Optional<Task> task = replica.task();
        if (task.isEmpty()) {
            demandComing(replica);
            return false;
        }
        String id = task.get().getId();
        TaskState state = replica.state().orElse(TaskState.NEW);
        if (replica.ended().map(Task::getId).filter(ended -> !history.contains(ended)).isPresent()) {
            Replica end = replica.atEnd(cluster.nodes());
            throw end(end, end.state().orElse(TaskState.FAILED));
        }
        if (state.compareTo(TaskState.RUNNING) > 0) {
            if (history.contains(id)) {
                demandComing(replica);
                return false;
            }
            throw end(replica, state);
        }
        if (state == TaskState.RUNNING) {
            if (replica.node().filter(Node::ready).isEmpty()) {
                throw new StartFailure(replica, "its node was lost");
            }
            return check(id, replica).isPassed();
        }
        limit(id, replica, state);
        return false;
    }

    /// The swarm need not make another task for a place whose last one ended.
    private void demandComing(Replica replica) throws StartFailure {
        if (coming.computeIfAbsent(replica.name(), _ -> new Patience(NO_TASK)).isOver()) {
            throw new StartFailure(replica, "the swarm made no task for it within " + NO_TASK.toSeconds() + " s");
        }
    }

    private TaskCheck check(String id, Replica replica) {
        return checks.computeIfAbsent(id, _ -> {
            TaskCheck check = new TaskCheck(replica, specs.get(replica.service().process()), out, verdicts::add);
            check.begin();
            return check;
        });
    }

    private void limit(String id, Replica replica, TaskState state) throws StartFailure {
        long now = System.nanoTime();
        if (replica.isStuck()) {
            if (now - stuck.computeIfAbsent(id, _ -> now) > NO_NODE.toNanos() && !(replica.lacksRoom() && room.isLeft())) {
                throw new StartFailure(replica, "no node of the swarm takes it: " + replica.error());
            }
            return;
        }
        stuck.remove(id);
        ProcessSpec spec = specs.get(replica.service().process());
        if (state == TaskState.STARTING) {
            // The swarm waits for its health here.
            if (now - starting.computeIfAbsent(id, _ -> now) > spec.startTimeout().toNanos()) {
                throw new StartFailure(replica, "it did not start, or did not pass " + TaskEnd.commands(spec) + " within " + spec.startTimeout().toSeconds() + " s");
            }
        } else if (now - begun > PREPARATION.toNanos()) {
            throw new StartFailure(replica, "it was not made ready within " + PREPARATION.toMinutes() + " minutes (" + state.getValue() + ")");
        }
    }

    private StartFailure end(Replica replica, TaskState state) {
        return new StartFailure(replica, TaskEnd.reason(replica, state, specs.get(replica.service().process())));
    }

    @Override
    public void close() {
        checks.values().forEach(TaskCheck::end);
    }
}
