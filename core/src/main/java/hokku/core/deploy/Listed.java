package hokku.core.deploy;

import hokku.api.AppId;
import hokku.api.Instance;
import hokku.api.UserError;
import hokku.api.spi.Scheduler;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What runs of every app, asked for at once: with a thousand apps, to ask for each one takes seconds. Of a scheduler that does not answer
/// nothing is known, which is something else than that it runs nothing.
///
/// It grows old while it is used. What changes meanwhile is told by the schedulers' watches, and a deploy that comes between makes
/// other containers the wanted ones, which are not in here.
final class Listed {
    private static final Logger LOG = LoggerFactory.getLogger(Listed.class);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /// By the names of the schedulers that answered.
    private final Map<String, Map<AppId, List<Instance>>> instances = new HashMap<>();
    /// By the names of those that did not.
    private final Map<String, UserError> absent = new HashMap<>();

    private Listed() {}

    static Listed by(Collection<Scheduler> schedulers) throws InterruptedException {
        Listed listed = new Listed();
        listed.ask(schedulers);
        return listed;
    }

    /// What runs a moment later. Those that did not answer are not asked again.
    Listed later(Collection<Scheduler> schedulers) throws InterruptedException {
        Listed listed = new Listed();
        listed.absent.putAll(absent);
        listed.ask(schedulers.stream().filter(scheduler -> !absent.containsKey(scheduler.name())).toList());
        return listed;
    }

    /// All at the same time: one that does not answer, not even that it cannot, must not hold up the others for long.
    private void ask(Collection<Scheduler> schedulers) throws InterruptedException {
        Map<Scheduler, Future<List<Instance>>> answers = new HashMap<>();
        ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("list-", 1).factory());
        try {
            schedulers.forEach(scheduler -> answers.put(scheduler, threads.submit(() -> scheduler.instances())));
            long end = System.nanoTime() + PATIENCE.toNanos();
            for (Scheduler scheduler : schedulers) {
                await(scheduler, answers.get(scheduler), end - System.nanoTime());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void await(Scheduler scheduler, Future<List<Instance>> answer, long nanos) throws InterruptedException {
        try {
            instances.put(scheduler.name(), answer.get(nanos, TimeUnit.NANOSECONDS).stream().collect(Collectors.groupingBy(Instance::app)));
        } catch (TimeoutException silent) {
            absent.put(scheduler.name(), new UserError(UserError.UNAVAILABLE, "The scheduler " + scheduler.name() + " has not said within "
                    + PATIENCE.toSeconds() + " s what runs", silent));
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof UserError unavailable) {
                absent.put(scheduler.name(), unavailable);
                return;
            }
            LOG.error("The scheduler {} could not say what runs", scheduler.name(), failed.getCause());
            absent.put(scheduler.name(), new UserError(UserError.UNAVAILABLE, "The scheduler " + scheduler.name() + " could not say what runs: "
                    + failed.getCause().getMessage(), failed.getCause()));
        }
    }

    boolean answered(Scheduler scheduler) {
        return instances.containsKey(scheduler.name());
    }

    /// What one that did not answer said instead.
    Optional<UserError> failure() {
        return absent.values().stream().findFirst();
    }

    /// What a scheduler runs of an app.
    ///
    /// @throws UserError with exit code 69 when that is not known
    List<Instance> of(Scheduler scheduler, AppId app) {
        if (!answered(scheduler)) {
            UserError failure = absent.get(scheduler.name());
            throw new UserError(UserError.UNAVAILABLE, failure == null ? "The scheduler " + scheduler.name() + " was not asked" : failure.getMessage());
        }
        return seen(scheduler, app);
    }

    /// What is known to run of an app on a scheduler.
    List<Instance> seen(Scheduler scheduler, AppId app) {
        return instances.getOrDefault(scheduler.name(), Map.of()).getOrDefault(app, List.of());
    }

    /// Of which apps a scheduler is known to run something.
    Stream<AppId> apps(Scheduler scheduler) {
        return instances.getOrDefault(scheduler.name(), Map.of()).keySet().stream();
    }
}
