package hokku.bench;

import hokku.e2e.Running;
import hokku.e2e.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Measures the packed program against what the same takes by hand, and prints one table. `dist/bench/run` starts it.
///
/// The system properties `deploys`, `redeploys`, `connections`, `starts`, `routes`, `databases`, `services` and `replicas` say how often
/// each is done; 0 leaves it out.
final class Bench {
    private static final int DEPLOYS = Integer.getInteger("deploys", 10);
    private static final int REDEPLOYS = Integer.getInteger("redeploys", 20);
    private static final int CONNECTIONS = Integer.getInteger("connections", 50);
    private static final int STARTS = Integer.getInteger("starts", 5);
    private static final int ROUTES = Integer.getInteger("routes", 20);
    private static final int DATABASES = Integer.getInteger("databases", 10);
    private static final int SERVICES = Integer.getInteger("services", 5);
    private static final int REPLICAS = Integer.getInteger("replicas", 3);

    private Bench() {}

    private interface Part {
        void measure(Table table) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        Table table = new Table();
        String before = load();
        part("(a) and (c) to (j): a server, and what it is compared with", DEPLOYS + CONNECTIONS + STARTS + ROUTES + DATABASES, table, Bench::besideByHand);
        part("(b) requests failed", REDEPLOYS, table, new Redeploys(REDEPLOYS)::measure);
        part("(k) a swarm of three engines", SERVICES + REPLICAS, table, Bench::onSwarm);
        System.out.println();
        conditions(before).forEach(System.out::println);
        System.out.println();
        System.out.print(table);
        System.exit(table.isComplete() ? 0 : 1);
    }

    private static void besideByHand(Table table) throws Exception {
        try (TestServer server = TestServer.start(); ByHand byHand = ByHand.start(server)) {
            part("(a) git push to first 200", DEPLOYS, table, new Deploys(DEPLOYS, server, byHand)::measure);
            part("(i) git push of source code", DEPLOYS, table, new SourceCode(DEPLOYS, server)::measure);
            part("(j) a database", DATABASES, table, new Databases(DATABASES, server)::measure);
            if (DEPLOYS == 0) {
                server.dokku("apps:create", Deploys.APP);
            }
            part("(c) ssh host apps:list", CONNECTIONS, table, new Connections(CONNECTIONS, server, byHand)::measure);
            part("(e) and (f) with 1 app", STARTS, table, new Footprint(STARTS, server, "1 app", 120, 1000)::measure);
            part("(d) to (h) with a thousand apps", CONNECTIONS + STARTS + ROUTES, table, all -> besideMany(server, byHand, all));
        }
    }

    private static void besideMany(TestServer few, ByHand byHand, Table table) throws Exception {
        try (ManyApps many = ManyApps.start()) {
            part("(d) ssh", CONNECTIONS, table, new Multiplexing(CONNECTIONS, few, many.server(), byHand)::measure);
            part("(e) and (f) with a thousand apps", STARTS, table,
                    new Footprint(STARTS, many.server(), ManyApps.APPS + " apps", 200, 3000)::measure);
            part("(g) routes", ROUTES, table, new Routes(ROUTES, many)::measure);
            part("(h) hooks", ROUTES, table, new Dispatch(ROUTES, many.server(), ManyApps.name(0))::measure);
        }
    }

    private static void onSwarm(Table table) throws Exception {
        try (Cluster cluster = Cluster.start()) {
            part("(k) git push to first 200 on a swarm", SERVICES, table, new Services(SERVICES, cluster)::measure);
            part("(k) " + Replicas.COUNT + " replicas", REPLICAS, table, new Replicas(REPLICAS, cluster)::measure);
        }
    }

    /// One part that cannot be measured does not keep the others from it.
    private static void part(String name, int runs, Table table, Part part) {
        if (runs == 0) {
            return;
        }
        System.out.println("-----> " + name);
        try {
            part.measure(table);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            table.notMeasured(name, interrupted);
        } catch (Exception | AssertionError failed) {
            failed.printStackTrace(System.out);
            table.notMeasured(name, failed);
        }
    }

    private static List<String> conditions(String loadBefore) throws IOException, InterruptedException {
        return List.of(
                "Machine      %d cores; load over a minute %s at the start, %s at the end".formatted(
                        Runtime.getRuntime().availableProcessors(), loadBefore, load()),
                "Software     Docker engine %s, %s, %s, %s".formatted(
                        version("docker", "version", "--format", "{{.Server.Version}}"),
                        version("/usr/sbin/nginx", "-v"), version("git", "--version"), version("ssh", "-V")),
                "Connections  ssh to 127.0.0.1, a new connection for each push and command, algorithms as the client prefers them",
                "By hand      sshd (UsePAM no), bare repository, docker build (" + builder() + "), docker run, nginx -t and reload;"
                        + " in turn with Hokku",
                "Swarm        three engines on this machine, each with a network of its own; by hand docker build, push and service create");
    }

    /// As the script that starts this has chosen it: the one that Hokku builds with on this machine.
    private static String builder() {
        return "1".equals(System.getenv("DOCKER_BUILDKIT")) ? "BuildKit" : "classic";
    }

    private static String version(String... words) throws IOException, InterruptedException {
        return Running.run(List.of(words), new byte[0]).text().lines().findFirst().orElse("");
    }

    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }
}
