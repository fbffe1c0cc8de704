package hokku.core.deploy;

import hokku.api.AppId;
import hokku.api.Instance;
import hokku.api.spi.Scheduler;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What runs of every app, asked for at once: with a thousand apps, to ask for each one takes seconds.
///
/// It grows old while it is used. What changes meanwhile is told by the schedulers' watches, and a deploy that comes between makes
/// other containers the wanted ones, which are not in here.
final class Listed {
    private final Map<Scheduler, Map<AppId, List<Instance>>> instances;

    private Listed(Map<Scheduler, Map<AppId, List<Instance>>> instances) {
        this.instances = instances;
    }

    static Listed by(Stream<Scheduler> schedulers) {
        return new Listed(schedulers.collect(Collectors.toMap(Function.identity(),
                scheduler -> scheduler.instances().stream().collect(Collectors.groupingBy(Instance::app)))));
    }

    /// What a scheduler runs of an app.
    List<Instance> of(Scheduler scheduler, AppId app) {
        return instances.getOrDefault(scheduler, Map.of()).getOrDefault(app, List.of());
    }

    /// Of which apps a scheduler runs something.
    Stream<AppId> apps(Scheduler scheduler) {
        return instances.getOrDefault(scheduler, Map.of()).keySet().stream();
    }
}
