package hokku.bench;

import hokku.e2e.TestServer;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Pattern;

/// (k) `ps:scale` from none to many containers on a swarm until `ps:report` says that they run, against `docker service create`, in turn.
final class Replicas {
    static final int COUNT = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Pattern RUNNING = Pattern.compile("\"status-web-[0-9]+\"\\s*:\\s*\"running\\b");

    private final int runs;
    private final Cluster cluster;
    private final Times commands = new Times();
    private final Times creates = new Times();

    Replicas(int runs, Cluster cluster) {
        this.runs = runs;
        this.cluster = cluster;
    }

    void measure(Table table) throws IOException, InterruptedException {
        Times hokku = new Times();
        Times hand = new Times();
        scale(0);
        cluster.byHand().end();
        Commands.inTurn(0, runs, this::scaled, hokku, this::created, hand);
        table.comparison("(k) ps:scale web=%1$d on %2$d nodes until ps:report says that %1$d run; by hand: service create --replicas %1$d"
                .formatted(COUNT, Cluster.NODES), runs, hokku, hand, "%+.0f ms".formatted(hokku.median() - hand.median()));
        table.detail("of that until the command ends", runs, commands, creates);
    }

    private long scaled() throws IOException, InterruptedException {
        long begin = System.nanoTime();
        cluster.server().dokku("ps:scale", Cluster.APP, "web=" + COUNT);
        commands.add(System.nanoTime() - begin);
        awaitReport();
        long duration = System.nanoTime() - begin;
        scale(0);
        return duration;
    }

    private void scale(int count) throws IOException, InterruptedException {
        cluster.server().dokku("ps:scale", Cluster.APP, "web=" + count);
        cluster.awaitContainers("hokku.app=" + Cluster.APP, count);
    }

    private void awaitReport() throws IOException, InterruptedException {
        TestServer server = cluster.server();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String report = server.dokku("ps:report", Cluster.APP, "--format", "json");
        while (RUNNING.matcher(report).results().count() != COUNT) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not " + COUNT + " containers run: " + report);
            }
            report = server.dokku("ps:report", Cluster.APP, "--format", "json");
        }
    }

    private long created() throws IOException, InterruptedException {
        SwarmByHand byHand = cluster.byHand();
        long begin = System.nanoTime();
        byHand.create(COUNT);
        creates.add(System.nanoTime() - begin);
        byHand.awaitRunning(COUNT);
        long duration = System.nanoTime() - begin;
        byHand.end();
        return duration;
    }
}
