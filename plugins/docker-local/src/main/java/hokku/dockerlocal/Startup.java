package hokku.dockerlocal;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.RestartPolicy;
import hokku.api.App;
import hokku.api.Deployment;
import hokku.api.Endpoint;
import hokku.api.Engine;
import hokku.api.Instance;
import hokku.api.Output;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.UserError;
import hokku.containers.FailureOutput;
import hokku.containers.MergedLogs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One start of a deployment: all of it comes up, or all is as it was before.
final class Startup {
    private static final Logger LOG = LoggerFactory.getLogger(Startup.class);

    private final Engine engine;
    private final Containers containers;
    private final MergedLogs logs;
    private final Deployment deployment;
    private final Output out;
    private final String network;

    /// What the app had when this began.
    private final List<Instance> before;

    /// Containers of former deployments that this stopped. Only the calling thread touches it, and the undoing one after that.
    private final List<Instance> stopped = new ArrayList<>();

    Startup(Engine engine, Containers containers, AppNetworks networks, Deployment deployment, Output out) {
        this.engine = engine;
        this.containers = containers;
        this.logs = ContainerLogs.of(engine);
        this.deployment = deployment;
        this.out = out;
        this.network = networks.ensure(deployment.app().id(), deployment.app().name());
        this.before = containers.list(deployment.app().id()).stream()
                .filter(instance -> instance.kind() == ProcessSpec.Kind.DEPLOY).toList();
    }

    List<Endpoint> run() throws InterruptedException {
        boolean complete = false;
        try {
            makeRoom();
            startAll();
            List<Endpoint> endpoints = verified();
            if (Thread.interrupted()) {
                throw new InterruptedException("cancelled");
            }
            complete = true;
            return endpoints;
        } catch (StartFailure e) {
            if (!e.container().isEmpty()) {
                FailureOutput.show(logs, deployment.app().name(), e.container().substring(0, 12) + " " + e.dyno(), e.instance(deployment), out);
            }
            throw new UserError(UserError.FAILED,
                    deployment.app().name() + " could not start " + e.dyno() + ": " + e.getMessage(), e.getCause());
        } finally {
            if (!complete) {
                Unbroken.run(this::undo);
            }
        }
    }

    private void makeRoom() {
        Set<ProcessType> stopping = deployment.processes().stream().filter(spec -> !spec.zeroDowntime() && spec.count() > 0)
                .map(ProcessSpec::process).collect(Collectors.toSet());
        List<Instance> former = before.stream()
                .filter(instance -> stopping.contains(instance.process()) && !instance.deploy().equals(deployment.id()))
                .filter(instance -> instance.state() == Instance.State.RUNNING || instance.state() == Instance.State.RESTARTING)
                .toList();
        if (former.isEmpty()) {
            return;
        }
        out.detail("Zero downtime is disabled, stopping currently running containers ("
                + former.stream().map(instance -> instance.process().value()).distinct().collect(Collectors.joining(", ")) + ")");
        stopped.addAll(former);
        Unbroken.all(former.stream().map(instance -> (Runnable) () -> containers.stop(instance.container())).toList());
    }

    private void startAll() throws StartFailure, InterruptedException {
        int parallel = deployment.app().value(DockerLocalPlugin.PARALLEL).orElseThrow();
        ExecutorService pool = Executors.newFixedThreadPool(parallel, Thread.ofVirtual().name("start-", 1).factory());
        try {
            CompletionService<Void> completion = new ExecutorCompletionService<>(pool);
            int count = 0;
            for (ProcessSpec spec : deployment.processes().stream().sorted(Comparator.comparing(ProcessSpec::process)).toList()) {
                out.step("Deploying " + spec.process() + " (count=" + spec.count() + ")");
                for (int index = 1; index <= spec.count(); index++) {
                    int one = index;
                    completion.submit(() -> {
                        startOne(spec, one);
                        return null;
                    });
                    count++;
                }
            }
            for (int done = 0; done < count; done++) {
                completion.take().get();
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case StartFailure failure -> throw failure;
                case InterruptedException interrupted -> throw interrupted;
                case RuntimeException exception -> throw exception;
                case Error error -> throw error;
                case Throwable cause -> throw new IllegalStateException(cause);
            }
        } finally {
            pool.shutdownNow();
            // What was begun with the engine is finished, so that undoing finds it.
            Unbroken.call(() -> pool.awaitTermination(10, TimeUnit.MINUTES));
        }
    }

    private void startOne(ProcessSpec spec, int index) throws StartFailure, InterruptedException {
        String dyno = spec.process() + "." + index;
        Optional<Instance> there = before.stream().filter(instance -> instance.deploy().equals(deployment.id())
                && instance.process().equals(spec.process()) && instance.index() == index).findFirst();
        boolean proven = there.isPresent() && proven(spec, there.get());
        if (proven && inCare(there.get())) {
            return;
        }
        String container;
        try {
            if (proven) {
                container = there.get().container();
            } else {
                there.ifPresent(leftover -> Unbroken.run(() -> containers.remove(leftover.container())));
                container = Unbroken.call(() -> containers.create(spec, index, network, init(spec, deployment.app()), false,
                        false));
            }
        } catch (DockerException e) {
            throw new StartFailure("", dyno, "the engine cannot make its container: " + Containers.message(e), e);
        }
        stopHere();
        try {
            Unbroken.run(() -> containers.start(container));
        } catch (DockerException e) {
            throw StartFailure.refused(container, dyno, spec, e);
        }
        stopHere();
        if (spec.checks().isEmpty()) {
            return;
        }
        Preflight preflight = new Preflight(engine, container, spec, dyno, out);
        preflight.pass();
        try {
            Unbroken.run(() -> containers.setRestartPolicy(container, spec.restartPolicy()));
        } catch (DockerException e) {
            throw new StartFailure(container, dyno, "its restart policy cannot be set: " + Containers.message(e), e);
        }
        // It may have ended in between, and nothing would have restarted it.
        preflight.inspect();
    }

    /// Whether the engine looks after it: one that it restarts just now must not keep the others from being started.
    private static boolean inCare(Instance instance) {
        return switch (instance.state()) {
            case RUNNING, RESTARTING, PAUSED -> true;
            case CREATED, EXITED, MISSING -> false;
        };
    }

    private static void stopHere() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("cancelled");
        }
    }

    static boolean init(ProcessSpec spec, App app) {
        return spec.init() && app.value(DockerLocalPlugin.INIT_PROCESS).orElse(true);
    }

    /// Whether a container passed its checks once: only then it was given a restart policy. What has not is a leftover of a start
    /// that was cut off.
    private boolean proven(ProcessSpec spec, Instance instance) {
        try {
            InspectContainerResponse state = engine.client().inspectContainerCmd(instance.container()).exec();
            RestartPolicy policy = state.getHostConfig().getRestartPolicy();
            if (policy != null && policy.getName() != null && !policy.getName().isEmpty() && !policy.getName().equals("no")) {
                return true;
            }
            // Where none is wanted, nothing tells but that it runs.
            return spec.restartPolicy().equals("no") && instance.state() == Instance.State.RUNNING;
        } catch (NotFoundException e) {
            return false;
        }
    }

    /// Looks at all of them once more: one that passed first may have ended while the others were waited for.
    private List<Endpoint> verified() throws StartFailure {
        List<Instance> now = containers.list(deployment.app().id()).stream()
                .filter(instance -> instance.kind() == ProcessSpec.Kind.DEPLOY && instance.deploy().equals(deployment.id()))
                .toList();
        List<Endpoint> endpoints = new ArrayList<>();
        for (ProcessSpec spec : deployment.processes()) {
            for (int index = 1; index <= spec.count(); index++) {
                int one = index;
                Instance instance = now.stream()
                        .filter(any -> any.process().equals(spec.process()) && any.index() == one).findFirst()
                        .orElseThrow(() -> new StartFailure("", spec.process() + "." + one, "somebody removed its container"));
                if (instance.state() != Instance.State.RUNNING && !spec.checks().isEmpty() && !wasInCare(instance)) {
                    new Preflight(engine, instance.container(), spec, instance.dyno(), out).inspect();
                }
                endpoints.addAll(instance.endpoints());
            }
        }
        return endpoints;
    }

    private boolean wasInCare(Instance instance) {
        return before.stream().anyMatch(any -> any.container().equals(instance.container()) && inCare(any));
    }

    private void undo() {
        try {
            Set<String> known = before.stream().map(Instance::container).collect(Collectors.toSet());
            List<Runnable> removals = new ArrayList<>();
            for (Instance instance : containers.list(deployment.app().id())) {
                if (instance.kind() == ProcessSpec.Kind.DEPLOY && instance.deploy().equals(deployment.id())
                        && !known.contains(instance.container())) {
                    removals.add(() -> containers.remove(instance.container()));
                }
            }
            Unbroken.all(removals);
        } catch (RuntimeException e) {
            LOG.error("What was started of {} cannot be removed", deployment, e);
        }
        for (Instance instance : stopped) {
            try {
                containers.start(instance.container());
            } catch (NotFoundException e) {
                LOG.debug("{} was retired meanwhile", instance.dyno(), e);
            } catch (RuntimeException e) {
                LOG.error("A container that was stopped cannot be started again", e);
                out.warn("The former " + instance.dyno() + " was stopped and cannot be started again: " + e.getMessage()
                        + ". Try: ps:restart " + deployment.app().name());
            }
        }
    }
}
