package hokku.swarm;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateServiceCmd;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.Service;
import com.github.dockerjava.api.model.ServiceModeConfig;
import com.github.dockerjava.api.model.ServiceReplicatedModeOptions;
import com.github.dockerjava.api.model.ServiceSpec;
import com.github.dockerjava.api.model.Task;
import com.github.dockerjava.api.model.TaskState;
import hokku.api.AppId;
import hokku.api.Engine;
import hokku.api.UserError;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes, changes and removes services.
final class Services {
    private static final Logger LOG = LoggerFactory.getLogger(Services.class);
    private static final int ATTEMPTS = 20;
    private static final Duration PAUSE = Duration.ofMillis(100);
    /// What the swarm may take on top of the tasks' own time to end.
    private static final Duration GRACE = Duration.ofSeconds(15);

    private final SwarmEngine engine;
    private final Cluster cluster;
    private final Secrets secrets;

    Services(SwarmEngine engine, Cluster cluster) {
        this.engine = engine;
        this.cluster = cluster;
        this.secrets = new Secrets(engine);
    }

    /// @param files come as secrets of the service's own, which go with it
    /// @return the id of the service
    String create(ServiceSpec spec, Optional<AuthConfig> auth, SecretFiles files) {
        List<String> made = secrets.attach(spec, files);
        try {
            return create(spec, auth);
        } catch (RuntimeException failed) {
            secrets.remove(made);
            throw failed;
        }
    }

    private String create(ServiceSpec spec, Optional<AuthConfig> auth) {
        try {
            return created(spec, auth);
        } catch (ConflictException taken) {
            // The same release runs already, before a restart, or for another server of the swarm.
            String suffix = Integer.toString(ThreadLocalRandom.current().nextInt(46_656, 1_679_616), 36);
            return created(spec.withName(ServiceForm.another(spec.getName(), suffix)), auth);
        }
    }

    private String created(ServiceSpec spec, Optional<AuthConfig> auth) {
        CreateServiceCmd create = engine.client().createServiceCmd(spec);
        auth.ifPresent(create::withAuthConfig);
        return create.exec().getId();
    }

    /// Sets how many tasks the swarm runs; zero of them stop the service.
    void scale(String service, int replicas) {
        update(service, spec -> spec.withMode(new ServiceModeConfig().withReplicated(new ServiceReplicatedModeOptions().withReplicas(replicas))));
    }

    /// Lowers the number of tasks for good. The swarm chooses which of them end.
    void shrink(String service, int count) {
        update(service, spec -> labelled(spec, Labels.COUNT, String.valueOf(count))
                .withMode(new ServiceModeConfig().withReplicated(new ServiceReplicatedModeOptions().withReplicas(count))));
    }

    /// Sets a label, which also makes the swarm look after places that it had given up.
    void label(String service, String key, String value) {
        update(service, spec -> labelled(spec, key, value));
    }

    private static ServiceSpec labelled(ServiceSpec spec, String key, String value) {
        Map<String, String> labels = new HashMap<>(spec.getLabels());
        labels.put(key, value);
        return spec.withLabels(labels);
    }

    private void update(String id, UnaryOperator<ServiceSpec> change) {
        for (int attempt = 1;; attempt++) {
            DockerClient client = engine.client();
            Service service = client.inspectServiceCmd(id).exec();
            try {
                client.updateServiceCmd(id, change.apply(Placement.complete(service))).withVersion(service.getVersion().getIndex()).exec();
                return;
            } catch (DockerException failed) {
                // The swarm itself writes to the service as well.
                if (attempt == ATTEMPTS || !SwarmEngine.message(failed).contains("update out of sequence")) {
                    throw failed;
                }
            }
        }
    }

    /// Removes services with their secrets; their tasks get their time to end. One that is gone is fine.
    void remove(Collection<String> services) {
        for (String service : services) {
            try {
                List<String> own = Secrets.of(engine.client().inspectServiceCmd(service).exec());
                engine.client().removeServiceCmd(service).exec();
                secrets.remove(own);
            } catch (NotFoundException gone) {
                LOG.debug("Service {} is gone already", service, gone);
            }
        }
    }

    /// Waits until no task of the services runs any more, except on nodes that are lost.
    ///
    /// @param services all of one app
    /// @throws UserError when some still run
    void awaitEnd(Collection<Deployed> services) throws InterruptedException {
        Set<String> running = leftAtEnd(services);
        if (!running.isEmpty()) {
            throw new UserError(UserError.FAILED, "Tasks do not end: " + String.join(", ", running) + ". See docker inspect on a manager");
        }
    }

    /// Waits for their end as long as that may take.
    ///
    /// @param services all of one app
    /// @return the ids of the tasks that still run
    Set<String> leftAtEnd(Collection<Deployed> services) throws InterruptedException {
        if (services.isEmpty()) {
            return Set.of();
        }
        AppId app = services.iterator().next().app();
        Set<String> meant = services.stream().map(Deployed::id).collect(Collectors.toSet());
        Duration patience = services.stream().map(Deployed::stopTimeout).max(Duration::compareTo).orElseThrow();
        long deadline = System.nanoTime() + patience.plus(GRACE).toNanos();
        while (true) {
            Set<String> running = running(app, meant);
            if (running.isEmpty() || System.nanoTime() > deadline) {
                return running;
            }
            Thread.sleep(PAUSE);
        }
    }

    /// How many tasks of a service run, or are about to, those that are to end included.
    long running(Deployed service) {
        return running(service.app(), Set.of(service.id())).size();
    }

    /// By labels, as the swarm finds no tasks of services that it does not know any more.
    private Set<String> running(AppId app, Set<String> services) {
        Map<String, String> labels = Map.of(Engine.INSTANCE_LABEL, engine.instance(), Labels.ID, app.value());
        Map<String, Node> nodes = cluster.nodes();
        return engine.client().listTasksCmd().withLabelFilter(labels).exec().stream().filter(task -> services.contains(task.getServiceId()))
                .filter(task -> isRunning(task) && Optional.ofNullable(task.getNodeId()).map(nodes::get).filter(Node::ready).isPresent())
                .map(Task::getId).collect(Collectors.toSet());
    }

    private static boolean isRunning(Task task) {
        TaskState state = task.getStatus().getState();
        return state.compareTo(TaskState.ASSIGNED) >= 0 && state.compareTo(TaskState.RUNNING) <= 0;
    }
}
