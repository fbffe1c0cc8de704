package hokku.core.doctor;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Finding;
import hokku.api.Instance;
import hokku.api.ProcessType;
import hokku.api.UserError;
import hokku.api.spi.Examination;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Apps that should run and do not.
final class RunningApps implements Examination {
    private static final int AT_ONCE = 8;

    private final Supplier<List<App>> apps;
    private final Function<AppName, SortedMap<ProcessType, Integer>> wanted;
    private final Function<AppName, List<Instance>> live;
    private final Predicate<AppName> changing;

    /// @param wanted how many containers of each process the live deployment has; none where there is none
    /// @param live the containers of the live deployment
    /// @param changing whether an app is being deployed
    RunningApps(Supplier<List<App>> apps, Function<AppName, SortedMap<ProcessType, Integer>> wanted, Function<AppName, List<Instance>> live,
            Predicate<AppName> changing) {
        this.apps = apps;
        this.wanted = wanted;
        this.live = live;
        this.changing = changing;
    }

    @Override
    public String name() {
        return "apps";
    }

    @Override
    public List<Finding> examine() throws Exception {
        Map<String, Set<AppName>> unknown = new ConcurrentSkipListMap<>();
        List<Callable<Optional<Finding>>> looks = new ArrayList<>();
        for (App app : apps.get()) {
            SortedMap<ProcessType, Integer> scale = wanted.apply(app.name());
            if (!app.stopped() && scale.values().stream().anyMatch(count -> count > 0)) {
                looks.add(() -> look(app.name(), scale, unknown));
            }
        }
        List<Finding> findings = new ArrayList<>();
        ExecutorService together = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().name("doctor-apps").factory());
        try {
            for (Future<Optional<Finding>> look : together.invokeAll(looks)) {
                look.get().ifPresent(findings::add);
            }
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof Exception cause ? cause : failed;
        } finally {
            together.shutdownNow();
        }
        unknown.forEach((why, those) -> findings.add(Finding.wrong("whether "
                + those.stream().map(AppName::value).collect(Collectors.joining(", ")) + " run is not known: " + why,
                "Bring back what does not answer, then ask again")));
        return findings.isEmpty() ? List.of(Finding.well(looks.size() + " should run, and do")) : findings;
    }

    /// @param unknown takes an app whose scheduler does not answer: that must not hide what is wrong with the apps of another
    private Optional<Finding> look(AppName app, SortedMap<ProcessType, Integer> scale, Map<String, Set<AppName>> unknown) {
        List<Instance> instances;
        try {
            instances = live.apply(app);
        } catch (UserError away) {
            unknown.computeIfAbsent(String.valueOf(away.getMessage()), why -> new ConcurrentSkipListSet<>()).add(app);
            return Optional.empty();
        }
        List<String> missing = new ArrayList<>();
        for (Map.Entry<ProcessType, Integer> process : scale.entrySet()) {
            long running = instances.stream().filter(instance -> instance.process().equals(process.getKey()))
                    .filter(instance -> instance.state() == Instance.State.RUNNING).count();
            if (running < process.getValue()) {
                missing.add("%s %d of %d".formatted(process.getKey(), running, process.getValue()));
            }
        }
        return missing.isEmpty() || changing.test(app) ? Optional.empty() : Optional.of(Finding.wrong(
                "of " + app + " fewer containers run than should: " + String.join(", ", missing),
                "Look why: logs " + app + "; then: ps:restart " + app));
    }
}
