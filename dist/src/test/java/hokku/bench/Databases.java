package hokku.bench;

import hokku.e2e.Docker;
import hokku.e2e.Running;
import hokku.e2e.TestServer;
import java.io.IOException;
import java.util.List;

/// (j) `ssh host postgres:create` until the database accepts connections, against `docker run` of the same image, in turn.
final class Databases {
    private static final int WARM_UP = 1;
    private static final double MORE_MILLIS = 1000;
    private static final String IMAGE = "postgres:17";
    private static final String NAME = "bench";

    private final int runs;
    private final TestServer server;
    private final Docker engine;
    private final String owner;

    Databases(int runs, TestServer server) {
        this.runs = runs;
        this.server = server;
        this.engine = server.engine();
        this.owner = server.instance() + "-database";
    }

    void measure(Table table) throws IOException, InterruptedException {
        Times hokku = new Times();
        Times hand = new Times();
        try {
            Commands.inTurn(WARM_UP, runs, this::created, hokku, this::run, hand);
        } finally {
            engine.remove(owner);
        }
        double more = hokku.median() - hand.median();
        table.figure("(j) ssh host postgres:create until it accepts connections; by hand: docker run", runs, hokku, hand,
                "+ %.0f ms".formatted(MORE_MILLIS), more <= MORE_MILLIS, "%+.0f ms".formatted(more));
    }

    private long created() throws IOException, InterruptedException {
        List<String> create = server.words("postgres:create", NAME);
        long begin = System.nanoTime();
        if (Commands.exit(create) != 0) {
            throw new AssertionError("postgres:create failed");
        }
        String container = engine.run("ps", "-q", "--filter", "label=" + Docker.INSTANCE + "=" + server.instance(), "--filter",
                "label=hokku.datastore=postgres").strip();
        awaitConnections(container);
        long duration = System.nanoTime() - begin;
        server.dokku("postgres:destroy", NAME, "--force");
        return duration;
    }

    private long run() throws IOException, InterruptedException {
        long begin = System.nanoTime();
        String container = engine.run("run", "-d", "--label", Docker.INSTANCE + "=" + owner, "-e", "POSTGRES_PASSWORD=secret", IMAGE).strip();
        awaitConnections(container);
        long duration = System.nanoTime() - begin;
        engine.run("rm", "-f", "-v", container);
        return duration;
    }

    /// By TCP: while the image sets itself up its server listens on a socket alone.
    private void awaitConnections(String container) throws IOException, InterruptedException {
        List<String> ready = List.of("docker", "-H", engine.host(), "exec", container, "pg_isready", "--quiet", "--host=127.0.0.1");
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (Commands.exit(ready) != 0) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(Running.run(List.of("docker", "-H", engine.host(), "logs", container), new byte[0]).text());
            }
            Thread.sleep(20);
        }
    }
}
