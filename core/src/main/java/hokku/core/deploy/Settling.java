package hokku.core.deploy;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.UserError;
import hokku.api.spi.Proxy;
import hokku.api.spi.Scheduler;
import hokku.core.plugin.Registry;
import hokku.core.plugin.Snapshots;
import hokku.core.state.Catalogue;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compares everything with what runs, once, at the start of the server. What does not answer is tried again, and holds up nothing else:
/// apps on the schedulers that answer are looked at, and not again because of the others.
///
/// Used by one thread.
final class Settling {
    private static final Logger LOG = LoggerFactory.getLogger(Settling.class);

    /// Compares one app with what was listed.
    interface Look {
        /// @throws UserError with exit code 69 when something that it needs does not answer
        void at(AppName app, Listed listed) throws InterruptedException;
    }

    private final Catalogue catalogue;
    private final Snapshots snapshots;
    private final Repair repair;
    private final Look look;
    /// The names of schedulers that answered once.
    private final Set<String> answered = new HashSet<>();
    /// Apps that are yet to be looked at; empty before the first attempt, when that is all of them.
    private Optional<Set<AppId>> left = Optional.empty();

    Settling(Catalogue catalogue, Snapshots snapshots, Repair repair, Look look) {
        this.catalogue = catalogue;
        this.snapshots = snapshots;
        this.repair = repair;
        this.look = look;
    }

    /// Looks at all that was not looked at yet, and that can be.
    ///
    /// @throws UserError when something did not answer, so that it is to be called once more
    void attempt() throws InterruptedException {
        // Not longer than one attempt: plugins may be exchanged while an engine is waited for.
        try (Snapshots.Lease lease = snapshots.lease()) {
            Registry registry = lease.registry();
            List<Scheduler> schedulers = registry.schedulers().values().stream().map(Registry.Contribution::value).toList();
            List<Scheduler> asked = schedulers.stream().filter(each -> !answered.contains(each.name()) || isNeeded(each)).toList();
            Listed before = Listed.by(asked);
            if (before.failure().isPresent() && asked.stream().noneMatch(before::answered)) {
                throw before.failure().get();
            }
            for (Scheduler scheduler : asked) {
                removeStrays(scheduler, before);
            }
            repair.repair(lease);
            Optional<UserError> unavailable = compareApps(schedulers, before.later(schedulers));
            removeRoutes(registry);
            if (unavailable.isPresent()) {
                throw unavailable.get();
            }
        }
    }

    /// Whether a scheduler runs an app that is yet to be looked at.
    private boolean isNeeded(Scheduler scheduler) {
        return left.stream().flatMap(Set::stream).map(catalogue::find).flatMap(Optional::stream)
                .anyMatch(app -> scheduler.name().equals(SchedulerChoice.homeName(app, catalogue.journal(app.name()).current())));
    }

    /// @return what one of them needs and did not answer
    private Optional<UserError> compareApps(List<Scheduler> schedulers, Listed listed) throws InterruptedException {
        List<Scheduler> back = schedulers.stream().filter(each -> !answered.contains(each.name()) && listed.answered(each)).toList();
        List<App> apps = catalogue.all().stream().filter(app -> left.isEmpty() || left.get().contains(app.id())
                || back.stream().anyMatch(each -> !listed.seen(each, app.id()).isEmpty())).toList();
        Map<AppId, UserError> unavailable = compare(apps, listed);
        left = Optional.of(Set.copyOf(unavailable.keySet()));
        back.forEach(each -> answered.add(each.name()));
        return listed.failure().or(() -> unavailable.values().stream().findFirst());
    }

    private Map<AppId, UserError> compare(Collection<App> apps, Listed listed) throws InterruptedException {
        Map<AppId, UserError> unavailable = new ConcurrentHashMap<>();
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("reconcile-", 1).factory())) {
            for (App app : apps) {
                threads.execute(() -> {
                    try {
                        look.at(app.name(), listed);
                    } catch (UserError away) {
                        unavailable.put(app.id(), away);
                    } catch (InterruptedException ended) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("not every app was looked at");
        }
        return unavailable;
    }

    /// Containers of apps that the home does not know any more.
    private void removeStrays(Scheduler scheduler, Listed listed) throws InterruptedException {
        if (answered.contains(scheduler.name()) || catalogue.all().isEmpty() || !catalogue.unreadable().isEmpty()) {
            return;
        }
        // Those that run were listed before it is asked whose they are: apps may be made meanwhile.
        Set<AppId> known = catalogue.all().stream().map(App::id).collect(Collectors.toSet());
        Set<AppId> strays = listed.apps(scheduler).filter(id -> !known.contains(id)).collect(Collectors.toSet());
        for (AppId stray : strays) {
            LOG.warn("Containers of the app {}, which is not there any more, are removed", stray);
            try {
                scheduler.retire(stray, instance -> true);
            } catch (RuntimeException failed) {
                LOG.error("Containers of the app {} could not be removed; the next start of the server tries again", stray, failed);
            }
        }
    }

    private void removeRoutes(Registry registry) throws InterruptedException {
        for (Registry.Contribution<Proxy> proxy : registry.proxies().values()) {
            for (AppName routed : Failures.in(proxy.plugin(), "listing routes", () -> proxy.value().routed())) {
                if (catalogue.find(routed).isEmpty() && !catalogue.unreadable().contains(routed.value())) {
                    Failures.in(proxy.plugin(), "removing the route of " + routed, () -> {
                        proxy.value().unroute(routed);
                        return routed;
                    });
                }
            }
        }
    }
}
