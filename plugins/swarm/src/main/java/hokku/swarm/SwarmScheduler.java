package hokku.swarm;

import com.github.dockerjava.api.exception.DockerException;
import hokku.api.App;
import hokku.api.AppId;
import hokku.api.Attachment;
import hokku.api.Deployment;
import hokku.api.Endpoint;
import hokku.api.Instance;
import hokku.api.Output;
import hokku.api.ProcessSpec;
import hokku.api.spi.Scheduler;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Runs apps as services of a swarm.
final class SwarmScheduler implements Scheduler {
    private final SwarmParts parts;
    private final OneOffs oneOffs;
    private final Watches watches;

    SwarmScheduler(SwarmParts parts, OneOffs oneOffs, Watches watches) {
        this.parts = parts;
        this.oneOffs = oneOffs;
        this.watches = watches;
    }

    @Override
    public String name() {
        return "swarm";
    }

    @Override
    public List<Endpoint> start(Deployment deployment, Output out) throws Exception {
        return start(deployment, to -> { }, out);
    }

    @Override
    public List<Endpoint> start(Deployment deployment, Passage passage, Output out) throws Exception {
        parts.engine().demandManager();
        return new Startup(parts, deployment, passage, out).run();
    }

    @Override
    public void retire(AppId app, Predicate<Instance> which) throws InterruptedException {
        Map<Deployed, List<Replica>> services = parts.cluster().replicas(app).stream()
                .filter(replica -> replica.service().kind() == ProcessSpec.Kind.DEPLOY).collect(Collectors.groupingBy(Replica::service));
        List<Deployed> ending = new ArrayList<>();
        for (Map.Entry<Deployed, List<Replica>> service : services.entrySet()) {
            long staying = service.getValue().stream().filter(replica -> !which.test(replica.instance())).count();
            if (staying == 0) {
                ending.add(service.getKey());
            } else if (staying < service.getValue().size()) {
                parts.services().shrink(service.getKey().id(), Math.toIntExact(staying));
            }
        }
        end(ending);
    }

    private void end(Collection<Deployed> services) throws InterruptedException {
        try {
            parts.services().remove(services.stream().map(Deployed::id).toList());
            parts.services().awaitEnd(services);
        } catch (DockerException failed) {
            throw SwarmEngine.translated("Services cannot be ended", failed);
        }
    }

    @Override
    public void destroy(App app) throws InterruptedException {
        oneOffs.destroy(app.id());
        if (parts.engine().isMember()) {
            end(parts.cluster().services(app.id()));
            parts.networks().remove(app.id());
        }
    }

    @Override
    public List<Instance> instances(AppId app) {
        return Stream.concat(parts.cluster().replicas(app).stream().map(Replica::instance), oneOffs.instances(app).stream())
                .sorted(Comparator.comparing(Instance::process).thenComparing(Instance::index)).toList();
    }

    @Override
    public List<Instance> instances() {
        return Stream.concat(parts.cluster().replicas().stream().map(Replica::instance), oneOffs.instances().stream()).toList();
    }

    @Override
    public AutoCloseable watch(Consumer<AppId> changed) {
        return watches.open(changed);
    }

    @Override
    public void logs(List<Instance> of, int lines, boolean follow, LogSink sink) throws InterruptedException {
        parts.logs().read(of, lines, follow, sink);
    }

    @Override
    public int run(ProcessSpec task, Attachment attachment) throws InterruptedException {
        return oneOffs.run(task, attachment);
    }

    @Override
    public int enter(Instance instance, List<String> command, Attachment attachment) throws InterruptedException {
        return oneOffs.enter(instance, command, attachment);
    }

    @Override
    public void attach(App app, String container, List<String> names) {
        parts.networks().connect(app, container, names);
    }

    @Override
    public void detach(App app, String container) {
        parts.networks().disconnect(app.id(), container);
    }
}
