package hokku.bench;

import hokku.e2e.Docker;
import hokku.e2e.Sources;
import hokku.e2e.Web;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What somebody with a swarm and a registry has without a platform: docker. Nothing in it is slower than it must be.
final class SwarmByHand implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String DOMAIN = "by.hand";
    private static final Pattern DIGEST = Pattern.compile("digest: (sha256:[0-9a-f]{64})");
    private static final Pattern RUNNING = Pattern.compile("(\\S+) Running \\S.*?\\*:([0-9]+)->5000/tcp.*");

    private final Cluster cluster;
    private final Path folder;
    private final String owner;
    private int services;
    private String image = "";
    private String service = "";
    private String former = "";

    SwarmByHand(Cluster cluster, Path folder) {
        this.cluster = cluster;
        this.folder = folder;
        this.owner = cluster.server().instance() + "-by-hand";
    }

    /// Builds the app with a page, and runs it beside what runs already, until each of its tasks answers with the page.
    void deploy(String page, int replicas, Stages stages) throws IOException, InterruptedException {
        write(page);
        stages.begin();
        String name = cluster.registry() + "/by-hand:" + (services + 1);
        cluster.engine().build(name, owner, folder);
        stages.reached("docker build");
        image = cluster.registry() + "/by-hand@" + digest(cluster.engine().run("push", name));
        stages.reached("docker push");
        create(replicas);
        stages.reached("docker service create");
        List<Web> tasks = awaitRunning(replicas);
        stages.reached("docker service ps, until all tasks run");
        for (Web task : tasks) {
            ByHand.awaitPage(task, DOMAIN, page);
        }
        stages.reached("all tasks answer");
    }

    private void write(String page) throws IOException {
        Files.createDirectories(folder);
        for (Map.Entry<String, String> file : Sources.page(page).entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
    }

    private static String digest(String pushed) {
        Matcher digest = DIGEST.matcher(pushed);
        if (!digest.find()) {
            throw new AssertionError("docker push told no digest: " + pushed);
        }
        return digest.group(1);
    }

    /// A further service of the image that was built last.
    void create(int replicas) throws IOException, InterruptedException {
        former = service;
        service = "by-hand-" + ++services;
        // It would wait until the service has been stable for seconds, and ask the registry what the digest tells already.
        cluster.engine().run("service", "create", "--quiet", "--detach", "--no-resolve-image", "--name", service,
                "--label", Docker.INSTANCE + "=" + owner, "--replicas", String.valueOf(replicas), "--endpoint-mode", "dnsrr",
                "--publish", "mode=host,target=5000", image);
    }

    /// Waits until all tasks run.
    ///
    /// @return where they answer
    List<Web> awaitRunning(int replicas) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (;;) {
            String said = cluster.engine().run("service", "ps", "--format", "{{.Node}} {{.CurrentState}} {{.Ports}}", service);
            List<Web> running = said.lines().map(RUNNING::matcher).filter(Matcher::matches)
                    .map(task -> new Web(cluster.address(task.group(1)), Integer.parseInt(task.group(2)))).toList();
            if (running.size() == replicas) {
                return running;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError(replicas + " tasks do not run: " + said);
            }
            Thread.sleep(5);
        }
    }

    /// Ends what the last service replaced.
    void retire() throws IOException, InterruptedException {
        if (!former.isEmpty()) {
            remove(former);
            former = "";
        }
    }

    /// Ends the last service.
    void end() throws IOException, InterruptedException {
        remove(service);
        service = "";
    }

    private void remove(String name) throws IOException, InterruptedException {
        cluster.engine().run("service", "rm", name);
        cluster.awaitContainers("com.docker.swarm.service.name=" + name, 0);
    }

    @Override
    public void close() throws IOException {
        try {
            retire();
            if (!service.isEmpty()) {
                end();
            }
            cluster.engine().remove(owner);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }
}
