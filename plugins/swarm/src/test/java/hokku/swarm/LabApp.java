package hokku.swarm;

import hokku.api.AppId;
import hokku.api.Engine;
import hokku.core.docker.DockerEngine;
import hokku.testkit.SwarmLab;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// An installation with one app on a swarm: its services are made by hand, without the way of images through a registry.
final class LabApp implements AutoCloseable {
    private final SwarmLab lab;
    private final DockerEngine engine;
    private final AppId id = AppId.random();
    private final String name = "app-" + id.value();

    LabApp(SwarmLab lab) {
        this.lab = lab;
        this.engine = new DockerEngine(lab.manager().socket(), "test-" + UUID.randomUUID());
    }

    AppId id() {
        return id;
    }

    Engine engine() {
        return engine;
    }

    SwarmEngine manager() {
        return new SwarmEngine(() -> engine);
    }

    /// Makes the service of a process that answers on port 5000.
    ///
    /// @param further more words for `docker service create`
    void serve(String process, int count, String... further) throws IOException {
        List<String> words = new ArrayList<>(List.of("service", "create", "--detach", "--quiet", "--no-resolve-image", "--name", service(process),
                "--endpoint-mode", "dnsrr", "--publish", "mode=host,target=5000", "--replicas", String.valueOf(count), "--stop-grace-period", "1s"));
        label(words, Engine.INSTANCE_LABEL, engine.instance());
        label(words, Labels.ID, id.value());
        label(words, Labels.APP, name);
        label(words, Labels.PROCESS, process);
        label(words, Labels.RELEASE, "1");
        label(words, Labels.DEPLOY, "d1");
        label(words, Labels.KIND, "deploy");
        label(words, Labels.PORTS, "5000");
        label(words, Labels.FIRST, "1");
        label(words, Labels.COUNT, String.valueOf(count));
        label(words, Labels.PROVEN, "true");
        words.addAll(List.of(further));
        words.addAll(List.of("busybox:latest", "sh", "-c", "trap 'exit 0' TERM; httpd -f -p 5000 & wait"));
        lab.manager().docker(words.toArray(String[]::new));
    }

    /// What the service of a process is called.
    String service(String process) {
        return name + "-" + process;
    }

    private static void label(List<String> words, String key, String value) {
        words.addAll(List.of("--label", key + "=" + value));
    }

    @Override
    public void close() throws IOException {
        String services = lab.manager().docker("service", "ls", "--quiet", "--filter", "label=" + Engine.INSTANCE_LABEL + "=" + engine.instance());
        for (String service : services.lines().toList()) {
            lab.manager().docker("service", "rm", service);
        }
        engine.close();
    }
}
