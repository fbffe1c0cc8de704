package hokku.core.deploy;

import hokku.api.App;
import hokku.api.Endpoint;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.spi.Proxy;
import hokku.api.spi.Scheduler;
import hokku.core.plugin.Snapshots;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends former containers in the background: at once where nobody is served, else when what they serve is done.
final class Retirements {
    private static final Logger LOG = LoggerFactory.getLogger(Retirements.class);
    private static final int ATTEMPTS = 10;

    /// Containers whose end is planned already: a later rollout must not end them before they have finished
    /// what they serve.
    private final Set<Leaving> leaving = ConcurrentHashMap.newKeySet();

    /// A scheduler may call containers of two deployments the same.
    private record Leaving(String container, String deployment) {
        static Leaving of(Instance instance) {
            return new Leaving(instance.container(), instance.deploy());
        }
    }

    /// Whether the end of some containers of a deployment is planned.
    boolean isPlanned(String deployment) {
        return leaving.stream().anyMatch(each -> each.deployment().equals(deployment));
    }

    /// Whether a container goes on only to finish what it serves.
    boolean isPlanned(Instance instance) {
        return leaving.contains(Leaving.of(instance));
    }

    /// Plans the end of those containers of an app that run now and are not wanted any more.
    ///
    /// @param lease keeps the scheduler's and the proxy's plugins loaded until it is done
    /// @param proxy leads new requests elsewhere already
    /// @param done is called when they are gone
    void retire(Snapshots.Lease lease, Scheduler scheduler, App app, Predicate<Instance> wanted, Proxy proxy, Runnable done) {
        List<Instance> former = scheduler.instances(app.id()).stream()
                .filter(instance -> instance.kind() == ProcessSpec.Kind.DEPLOY && !wanted.test(instance))
                .filter(instance -> leaving.add(Leaving.of(instance))).toList();
        if (former.isEmpty()) {
            return;
        }
        List<Instance> web = former.stream().filter(each -> each.process().equals(ProcessType.WEB)).toList();
        List<Endpoint> answering = web.stream().flatMap(each -> each.endpoints().stream()).toList();
        Set<Leaving> serving = containers(web);
        Set<Leaving> others = containers(former.stream().filter(each -> !each.process().equals(ProcessType.WEB)).toList());
        Duration limit = app.value(CoreSettings.WAIT_TO_RETIRE).orElseThrow();
        Snapshots.Lease mine = lease.again();
        Thread.ofVirtual().name("retire " + app.name()).start(() -> {
            try (mine) {
                boolean ended = endAtLast(scheduler, app, others);
                if (!serving.isEmpty() && !drained(proxy, answering, app, limit)) {
                    LOG.info("{}: former containers still served after {} s; they are stopped now", app.name(), limit.toSeconds());
                }
                ended &= endAtLast(scheduler, app, serving);
                if (ended) {
                    done.run();
                }
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            } finally {
                leaving.removeAll(containers(former));
            }
        });
    }

    private static boolean drained(Proxy proxy, List<Endpoint> answering, App app, Duration limit) throws InterruptedException {
        try {
            return proxy.awaitDrained(answering, limit);
        } catch (RuntimeException | LinkageError defect) {
            LOG.error("{}: nobody knows whether former containers still serve; they are stopped now", app.name(), defect);
            return true;
        }
    }

    /// Former workers must not go on beside the new ones because the engine was away for a moment.
    ///
    /// @return whether they are gone
    private static boolean endAtLast(Scheduler scheduler, App app, Set<Leaving> containers) throws InterruptedException {
        Duration pause = Duration.ofSeconds(1);
        for (int attempt = 1;; attempt++) {
            try {
                end(scheduler, app, containers);
                return true;
            } catch (RuntimeException | LinkageError failed) {
                if (attempt == ATTEMPTS) {
                    LOG.error("{}: former containers could not be removed; the next start of the server tries again", app.name(), failed);
                    return false;
                }
                LOG.warn("{}: former containers could not be removed; the server tries again in {} s, or at its next start", app.name(),
                        pause.toSeconds(), failed);
            }
            Thread.sleep(pause);
            pause = pause.multipliedBy(2);
        }
    }

    private static void end(Scheduler scheduler, App app, Set<Leaving> containers) throws InterruptedException {
        if (!containers.isEmpty()) {
            scheduler.retire(app.id(), instance -> containers.contains(Leaving.of(instance)));
        }
    }

    private static Set<Leaving> containers(List<Instance> instances) {
        return instances.stream().map(Leaving::of).collect(Collectors.toUnmodifiableSet());
    }
}
