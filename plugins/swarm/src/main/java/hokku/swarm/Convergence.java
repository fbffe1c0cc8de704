package hokku.swarm;

import com.github.dockerjava.api.model.Task;
import com.github.dockerjava.api.model.TaskState;
import com.github.dockerjava.api.model.TaskStatusContainerStatus;
import hokku.api.Check;
import hokku.api.Deployment;
import hokku.api.Output;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
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

/// Waits until every task of some services runs and passed its checks, or one shows that it will not.
final class Convergence implements AutoCloseable {
    /// How long the swarm may find no node for a task before that is given up: nodes come and go.
    private static final Duration NO_NODE = Duration.ofSeconds(2);
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
            List<Replica> replicas = cluster.replicas(deployment.app().id(), deployment.id()).stream()
                    .filter(replica -> services.contains(replica.service().id())).map(Replica::asMeant).toList();
            boolean complete = !replicas.isEmpty() && services.stream().allMatch(id -> replicas.stream().anyMatch(one -> one.service().id().equals(id)));
            for (Replica replica : replicas) {
                complete &= look(replica);
            }
            if (complete) {
                return replicas;
            }
            makeRoom(replicas);
            TaskCheck verdict = verdicts.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            if (verdict != null) {
                verdict.demandPassed();
            }
        }
    }

    /// Once all that found a place passed: a release that does not work must not cost more of the former one than it needs.
    private void makeRoom(List<Replica> replicas) throws Exception {
        Optional<Replica> homeless = replicas.stream().filter(this::isHomeless).findFirst();
        List<Replica> passed = replicas.stream().filter(this::isPassed).toList();
        if (homeless.isPresent() && room.isLeft() && replicas.stream().allMatch(replica -> replica.isStuck() || passed.contains(replica))) {
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
            return false;
        }
        String id = task.get().getId();
        TaskState state = replica.state().orElse(TaskState.NEW);
        if (replica.ended().map(Task::getId).filter(ended -> !history.contains(ended)).isPresent()) {
            Replica end = replica.atEnd(cluster.nodes());
            throw ended(end, end.state().orElse(TaskState.FAILED));
        }
        if (state.compareTo(TaskState.RUNNING) > 0) {
            if (history.contains(id)) {
                return false;
            }
            throw ended(replica, state);
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
                throw new StartFailure(replica, "it did not start, or did not pass " + commands(spec) + " within " + spec.startTimeout().toSeconds() + " s");
            }
        } else if (now - begun > PREPARATION.toNanos()) {
            throw new StartFailure(replica, "it was not made ready within " + PREPARATION.toMinutes() + " minutes (" + state.getValue() + ")");
        }
    }

    private static String commands(ProcessSpec spec) {
        String names = spec.checks().stream().filter(check -> check.probe() instanceof Check.Exec).map(Check::name).collect(Collectors.joining(", "));
        return names.isEmpty() ? "the image's own health check" : "the check " + names;
    }

    private StartFailure ended(Replica replica, TaskState state) {
        Optional<Long> code = replica.container().map(TaskStatusContainerStatus::getExitCodeLong);
        String error = replica.error();
        if (error.contains("No such image") || error.contains("pull access denied") || error.contains("manifest unknown")) {
            return new StartFailure(replica, "its node " + TaskVerdict.withoutImage(error, deployment.app().name()));
        }
        if (error.contains("unhealthy")) {
            return new StartFailure(replica, "it did not pass " + commands(specs.get(replica.service().process())));
        }
        if (state == TaskState.COMPLETE) {
            return new StartFailure(replica, "it ended with exit code 0, although a process must go on running");
        }
        if (error.contains("non-zero exit") && code.isPresent()) {
            return new StartFailure(replica, "it ended with exit code " + code.get() + meaning(code.get()));
        }
        return new StartFailure(replica, error.isEmpty() ? "the swarm ended it (" + state.getValue() + ")" : error);
    }

    private static String meaning(long code) {
        return switch ((int) code) {
            case 126 -> ": its command cannot be executed";
            case 127 -> ": its command was not found";
            case 137 -> ": something killed it, for instance the lack of memory";
            default -> "";
        };
    }

    @Override
    public void close() {
        checks.values().forEach(TaskCheck::end);
    }
}
