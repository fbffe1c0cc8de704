package hokku.swarm;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Driver;
import com.github.dockerjava.api.model.ServiceSpec;
import hokku.api.App;
import hokku.api.ProcessSpec;
import hokku.swarm.registry.Published;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One-off tasks on whichever node: each is a service of one task, which is gone when that has ended.
final class ServiceTasks {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceTasks.class);
    /// So many logs of the size that the app has: output that comes faster than it is fetched waits in them.
    private static final String LOGS = "10";

    private final SwarmParts parts;

    ServiceTasks(SwarmParts parts) {
        this.parts = parts;
    }

    int run(App app, ProcessSpec task, int index, TaskStreams streams) throws InterruptedException {
        String service;
        try (streams) {
            streams.open();
            try {
                Published image = parts.publisher().publish(app, task.release(), task.image(), streams.told());
                String network = parts.networks().ensure(task.id(), task.app());
                SecretFiles files = SecretFiles.of(app, task);
                ServiceSpec form = form(new ServiceForm(app, image.reference(), network, parts.engine().instance()), files.spec(), index);
                service = Unbroken.call("create " + task.process(), () -> parts.services().create(form, image.auth(), files));
            } catch (DockerException failed) {
                throw SwarmEngine.translated("The swarm cannot run " + task.process() + " of " + task.app(), failed);
            }
            try {
                if (Thread.interrupted()) {
                    throw new InterruptedException("cancelled");
                }
                return new ServiceTask(parts, task, service, streams).await();
            } finally {
                Unbroken.run("remove " + task.process(), () -> discard(task, service));
            }
        }
    }

    private static ServiceSpec form(ServiceForm form, ProcessSpec task, int index) {
        ServiceSpec service = form.service(task.withRestartPolicy("no").withChecks(List.of(), true, task.startTimeout()).withPorts(List.of()), index, 1);
        Map<String, String> labels = new TreeMap<>(service.getLabels());
        labels.put(Labels.SERVER, ServerProcess.MARK);
        // It has its index at once: nothing has to be proven.
        labels.put(Labels.PROVEN, "true");
        service.getTaskTemplate().withLogDriver(new Driver().withName("json-file").withOptions(Map.of("max-size", task.logSize(), "max-file", LOGS)));
        return service.withLabels(labels);
    }

    /// Returns when nothing of it runs any more.
    private void discard(ProcessSpec task, String service) {
        try {
            List<Deployed> ending = parts.cluster().services(task.id()).stream().filter(one -> one.id().equals(service)).toList();
            parts.services().remove(List.of(service));
            parts.services().awaitEnd(ending);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failed) {
            // How the task ended matters more than what stays of it, which goes later.
            LOG.warn("Service {} of a task stays behind: {}", service, failed.getMessage());
        }
    }

    /// Removes those of a former process of the server.
    void removeOrphans() {
        for (Deployed service : parts.cluster().services()) {
            if (service.server().filter(server -> !server.equals(ServerProcess.MARK)).isPresent()) {
                parts.services().remove(List.of(service.id()));
                LOG.info("Removed service {} of {}, left behind by a {} task", service.name(), service.app(), service.kind());
            }
        }
    }
}
