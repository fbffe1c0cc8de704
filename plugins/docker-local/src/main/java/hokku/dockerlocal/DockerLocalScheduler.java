package hokku.dockerlocal;

import com.github.dockerjava.api.exception.DockerException;
import hokku.api.App;
import hokku.api.AppId;
import hokku.api.Attachment;
import hokku.api.Deployment;
import hokku.api.Endpoint;
import hokku.api.Engine;
import hokku.api.Env;
import hokku.api.Instance;
import hokku.api.Output;
import hokku.api.ProcessSpec;
import hokku.api.UserError;
import hokku.api.spi.Scheduler;
import hokku.containers.MergedLogs;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs apps as containers of this server's own engine.
final class DockerLocalScheduler implements Scheduler {
    private static final Logger LOG = LoggerFactory.getLogger(DockerLocalScheduler.class);

    private final Engine engine;
    private final Containers containers;
    private final AppNetworks networks;
    private final MergedLogs logs;

    DockerLocalScheduler(Engine engine, Containers containers, AppNetworks networks) {
        this.engine = engine;
        this.containers = containers;
        this.networks = networks;
        this.logs = ContainerLogs.of(engine);
    }

    @Override
    public String name() {
        return "docker-local";
    }

    @Override
    public List<Endpoint> start(Deployment deployment, Output out) throws InterruptedException {
        try {
            return new Startup(engine, containers, networks, deployment, out).run();
        } catch (CancellationException e) {
            throw Unbroken.interrupted(e);
        }
    }

    @Override
    public void retire(AppId app, Predicate<Instance> which) throws InterruptedException {
        try {
            containers.retire(containers.list(app).stream().filter(instance -> instance.kind() == ProcessSpec.Kind.DEPLOY)
                    .filter(which).map(Instance::container).toList());
        } catch (CancellationException e) {
            throw Unbroken.interrupted(e);
        }
    }

    @Override
    public void destroy(App app) throws InterruptedException {
        try {
            containers.retire(containers.list(app.id()).stream().map(Instance::container).toList());
            networks.remove(app.id());
        } catch (CancellationException e) {
            throw Unbroken.interrupted(e);
        }
    }

    @Override
    public List<Instance> instances(AppId app) {
        return containers.list(app);
    }

    @Override
    public List<Instance> instances() {
        return containers.list();
    }

    @Override
    public AutoCloseable watch(Consumer<AppId> changed) {
        return new EventWatch(engine, containers, changed);
    }

    @Override
    public void logs(List<Instance> of, int lines, boolean follow, LogSink sink) throws InterruptedException {
        try {
            logs.read(of, lines, follow, sink);
        } catch (CancellationException e) {
            throw Unbroken.interrupted(e);
        }
    }

    @Override
    public int run(ProcessSpec task, Attachment attachment) throws InterruptedException {
        // Several may run at once: each has a number of its own, like run.4711.
        int index = ThreadLocalRandom.current().nextInt(1000, 10_000);
        boolean terminal = attachment.terminal().isPresent();
        String container;
        try {
            String network = networks.ensure(task.id(), task.app());
            ProcessSpec complete = attachment.terminal()
                    .map(window -> task.withEnv(Env.EMPTY.with("TERM", window.type()).merge(task.env()))).orElse(task);
            container = Unbroken.call(() -> containers.create(complete, index, network, task.init(), true, terminal));
        } catch (CancellationException e) {
            throw Unbroken.interrupted(e);
        } catch (DockerException e) {
            throw new UserError(UserError.FAILED, "The engine cannot make a container for " + task.process() + " of " + task.app()
                    + ": "
                    + Containers.message(e), e);
        }
        try {
            if (Thread.interrupted()) {
                throw new InterruptedException("cancelled");
            }
            return engine.run(container, attachment);
        } catch (DockerException e) {
            throw new UserError(UserError.FAILED, "The engine cannot start " + task.process() + " of " + task.app() + ": "
                    + Containers.message(e), e);
        } finally {
            Unbroken.run(() -> discard(container));
        }
    }

    private void discard(String container) {
        try {
            containers.remove(container);
        } catch (RuntimeException e) {
            // How the task ended matters more than what stays of it.
            LOG.warn("Container {} of a task stays behind: {}", container, e.getMessage());
        }
    }

    @Override
    public int enter(Instance instance, List<String> command, Attachment attachment) throws InterruptedException {
        return engine.exec(instance.container(), command, Env.EMPTY, attachment);
    }

    @Override
    public void attach(App app, String container, List<String> names) {
        networks.connect(app.id(), app.name(), container, names);
    }

    @Override
    public void detach(App app, String container) {
        networks.disconnect(app.id(), container);
    }
}
