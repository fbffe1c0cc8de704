package hokku.swarm;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Task;
import hokku.api.AppId;
import hokku.api.Endpoint;
import hokku.api.Instance;
import hokku.containers.Telling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compares, look by look, what the managers say, and tells each app whose containers changed.
///
/// All apps are told of after the first look, and after the engine was away.
final class Watch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    /// While there is no service there is nothing that could change unnoticed: the first one makes an event.
    private static final Duration WITHOUT_APPS = Duration.ofSeconds(5);
    /// One change makes several events.
    private static final Duration SETTLING = Duration.ofMillis(50);
    private static final Duration BETWEEN_PROBES = Duration.ofSeconds(1);
    /// To ask an engine about itself makes it start several programs.
    private static final Duration OWN_NODE_KEPT = Duration.ofSeconds(60);

    private final Supplier<Cluster.View> look;
    private final Supplier<String> ownNode;
    private final Reachability reachability;
    private final Telling telling;
    private final Semaphore wanted = new Semaphore(0);
    private final Thread following;
    private final Thread probing;

    /// What each app looked like, also of those that have nothing any more. Touched by the following thread alone.
    private final Map<AppId, Set<Mark>> known = new HashMap<>();
    /// What keeps it from looking since the last look, in words. Touched by the following thread alone.
    private final Set<String> troubles = new HashSet<>();
    /// Whether every app is to be told after the next look. Touched by the following thread alone.
    private boolean allAreDue = true;
    /// The node that is asked, and when that was found out. Touched by the following thread alone.
    private Optional<Own> own = Optional.empty();
    /// Whom the other thread asks.
    private volatile List<Node> probed = List.of();

    /// What is told of, when it changes.
    private record Mark(String name, String task, boolean wanted, Instance.State state, List<Endpoint> endpoints, boolean ready) {
        static Mark of(Replica replica) {
            return new Mark(replica.name(), replica.task().map(Task::getId).orElse(""), replica.isWanted(), replica.instanceState(),
                    replica.instance().endpoints(), replica.node().filter(Node::ready).isPresent());
        }
    }

    private record Own(String node, long since) {
        boolean isFresh() {
            return System.nanoTime() - since < OWN_NODE_KEPT.toNanos();
        }
    }

    /// @param look what there is; throws [hokku.api.UserError] when that cannot be told
    /// @param ownNode the id of the node that is asked, which is not probed
    Watch(Supplier<Cluster.View> look, Supplier<String> ownNode, Reachability reachability, Consumer<AppId> changed) {
        this.look = look;
        this.ownNode = ownNode;
        this.reachability = reachability;
        this.telling = new Telling("swarm-changes", changed);
        this.following = Thread.ofVirtual().name("swarm-watch").start(this::follow);
        this.probing = Thread.ofVirtual().name("swarm-probes").start(this::probe);
    }

    /// Something happened: it looks at once.
    void wake() {
        wanted.release();
    }

    private void follow() {
        Pause pause = new Pause();
        try {
            while (true) {
                Duration rest;
                long begun = System.nanoTime();
                try {
                    Cluster.View view = BoundedLook.of(look);
                    compare(view);
                    goOn();
                    pause.reset();
                    rest = rest(view.replicas().isEmpty(), Duration.ofNanos(System.nanoTime() - begun));
                } catch (RuntimeException failed) {
                    say(failed);
                    rest = pause.next();
                }
                if (wanted.tryAcquire(rest.toMillis(), TimeUnit.MILLISECONDS)) {
                    Thread.sleep(troubles.isEmpty() ? SETTLING : rest);
                    wanted.drainPermits();
                }
            }
        } catch (InterruptedException ended) {
            LOG.debug("The watch ends", ended);
        }
    }

    /// The managers of a large swarm take long to tell of it: they are asked for a fifth of the time at most.
    ///
    /// @param took how long the last look lasted
    static Duration rest(boolean empty, Duration took) {
        Duration usual = empty ? WITHOUT_APPS : BETWEEN_LOOKS;
        Duration needed = took.multipliedBy(4);
        return needed.compareTo(usual) > 0 ? needed : usual;
    }

    private void compare(Cluster.View view) throws InterruptedException {
        Map<AppId, Set<Mark>> now = view.replicas().stream().collect(Collectors.groupingBy(replica -> replica.service().app(),
                Collectors.mapping(Mark::of, Collectors.toSet())));
        known.keySet().forEach(app -> now.putIfAbsent(app, Set.of()));
        List<AppId> due = now.entrySet().stream().filter(app -> allAreDue || !app.getValue().equals(known.get(app.getKey()))).map(Map.Entry::getKey).toList();
        probed = subjects(view);
        known.putAll(now);
        allAreDue = false;
        telling.add(due);
    }

    /// Those that have tasks, and those that did not answer; without another one two more, to know who is cut off.
    private List<Node> subjects(Cluster.View view) throws InterruptedException {
        if (view.nodes().isEmpty()) {
            return List.of();
        }
        if (own.filter(Own::isFresh).isEmpty()) {
            own = Optional.of(new Own(BoundedLook.of(ownNode), System.nanoTime()));
        }
        String asked = own.orElseThrow().node();
        Set<String> busy = view.replicas().stream().flatMap(replica -> replica.node().stream()).map(Node::id).collect(Collectors.toSet());
        List<Node> others = view.nodes().stream().filter(node -> !node.id().equals(asked)).toList();
        List<Node> subjects = new ArrayList<>(others.stream().filter(node -> busy.contains(node.id()) || !reachability.test(node)).toList());
        others.stream().filter(node -> node.ready() && !subjects.contains(node)).limit(2).toList().forEach(subjects::add);
        return List.copyOf(subjects);
    }

    private void goOn() {
        if (!troubles.isEmpty()) {
            LOG.info("The swarm answers again");
            troubles.clear();
        }
    }

    private void say(RuntimeException failed) {
        own = Optional.empty();
        // Of a manager that answers, what it said last is still so; of an engine that was away nobody knows what it missed.
        allAreDue |= !(failed.getCause() instanceof DockerException);
        if (troubles.add(String.valueOf(failed.getMessage()))) {
            LOG.warn("The swarm cannot be watched: {}", failed.getMessage());
            LOG.debug("The look failed", failed);
        }
    }

    private void probe() {
        try {
            while (true) {
                long begun = System.nanoTime();
                List<Node> asked = probed;
                if (!asked.isEmpty() && reachability.round(asked)) {
                    wake();
                }
                Duration rest = BETWEEN_PROBES.minusNanos(System.nanoTime() - begun);
                Thread.sleep(rest.isPositive() ? rest : Duration.ZERO);
            }
        } catch (InterruptedException ended) {
            LOG.debug("The probes end", ended);
        } finally {
            reachability.forget();
        }
    }

    @Override
    public void close() {
        following.interrupt();
        probing.interrupt();
        telling.close();
    }
}
