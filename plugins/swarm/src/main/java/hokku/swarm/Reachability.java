package hokku.swarm;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which nodes answer from here: the managers miss a lost node only after some heartbeats, the proxy has to know sooner.
///
/// A node that was silent twice in a row is not reachable until it answers again. When no node at all answers, it is probably this machine
/// that is cut off: then nothing is learned. Safe for use by several threads.
final class Reachability implements Predicate<Node> {
    private static final Logger LOG = LoggerFactory.getLogger(Reachability.class);
    private static final int SILENCES = 2;
    /// Every engine of a swarm listens there, for the others.
    private static final int GOSSIP_PORT = 7946;
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Probe probe;
    /// How often in a row nodes were silent, by their ids; those that answered last are not in it. Guarded by this.
    private final Map<String, Integer> silences = new HashMap<>();
    /// The ids of those that are not reachable.
    private volatile Set<String> lost = Set.of();

    /// Finds out whether a node answers.
    @FunctionalInterface
    interface Probe {
        boolean answers(Node node);
    }

    Reachability(Probe probe) {
        this.probe = probe;
    }

    static Reachability byGossip() {
        return new Reachability(Reachability::answers);
    }

    @Override
    public boolean test(Node node) {
        return !lost.contains(node.id());
    }

    /// Asks all of some nodes at the same time; those that are not among them any more are forgotten.
    ///
    /// @return whether another one is reachable, or not, than before
    synchronized boolean round(Collection<Node> nodes) throws InterruptedException {
        List<Node> asked = nodes.stream().filter(node -> !node.address().isEmpty()).toList();
        Set<String> silent = silent(asked);
        Set<String> ids = new HashSet<>(asked.stream().map(Node::id).toList());
        silences.keySet().retainAll(ids);
        Set<String> found = new TreeSet<>(lost);
        found.retainAll(ids);
        if (silent.size() < asked.size()) {
            for (Node node : asked) {
                count(node.id(), silent.contains(node.id()), found);
            }
        } else {
            silences.clear();
        }
        return change(asked, found);
    }

    private void count(String node, boolean silent, Set<String> found) {
        if (!silent) {
            silences.remove(node);
            found.remove(node);
        } else if (silences.merge(node, 1, Integer::sum) >= SILENCES) {
            found.add(node);
        }
    }

    private boolean change(Collection<Node> asked, Set<String> found) {
        Set<String> former = lost;
        lost = Set.copyOf(found);
        for (Node node : asked) {
            if (found.contains(node.id()) != former.contains(node.id())) {
                LOG.warn("Node {} at {} {}", node.name(), node.address(),
                        found.contains(node.id()) ? "does not answer any more; requests go to other nodes" : "answers again");
            }
        }
        return !former.equals(lost);
    }

    /// Knows nothing any more: nobody asks from now on.
    synchronized void forget() {
        silences.clear();
        lost = Set.of();
    }

    private Set<String> silent(List<Node> nodes) throws InterruptedException {
        Set<String> silent = new HashSet<>();
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("swarm-probe-", 1).factory())) {
            List<Future<Boolean>> answers = new ArrayList<>();
            nodes.forEach(node -> answers.add(threads.submit(() -> probe.answers(node))));
            for (int index = 0; index < nodes.size(); index++) {
                if (!answers.get(index).get()) {
                    silent.add(nodes.get(index).id());
                }
            }
        } catch (ExecutionException defect) {
            throw new IllegalStateException(defect.getCause());
        }
        return silent;
    }

    /// Whoever refuses is there too.
    private static boolean answers(Node node) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(node.address(), GOSSIP_PORT), Math.toIntExact(PATIENCE.toMillis()));
            return true;
        } catch (ConnectException refused) {
            LOG.trace("Node {} refused", node.name(), refused);
            return true;
        } catch (IOException unreachable) {
            LOG.debug("Node {} does not answer", node.name(), unreachable);
            return false;
        }
    }
}
