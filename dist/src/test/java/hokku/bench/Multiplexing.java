package hokku.bench;

import hokku.e2e.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// (d) Commands on connections that are kept, and by many clients at once, against OpenSSH running `true`.
final class Multiplexing {
    private static final int WARM_UP = 50;
    private static final double MORE_MILLIS = 5;
    private static final int CLIENTS = 20;
    private static final int PER_SECOND = 100;
    private static final int COMMANDS = 2000;
    private static final int ON_NEW_CONNECTIONS = 400;
    private static final int NO_SUCH_APP = 20;

    private final int runs;
    private final TestServer few;
    private final TestServer many;
    private final ByHand byHand;

    /// @param few a server with one app
    /// @param many a server with a thousand
    Multiplexing(int runs, TestServer few, TestServer many, ByHand byHand) {
        this.runs = runs;
        this.few = few;
        this.many = many;
        this.byHand = byHand;
    }

    void measure(Table table) throws Exception {
        latency(table);
        flatness(table);
        throughput(table);
        exitCodes(table);
    }

    private Path socket(String name) {
        return few.work().resolve(name);
    }

    private void latency(Table table) throws IOException, InterruptedException {
        try (Master hokku = Master.open(few.words("apps:list"), socket("m1")); Master openSsh = Master.open(byHand.words("true"), socket("m2"))) {
            Times ours = new Times();
            Times theirs = new Times();
            Commands.inTurn(WARM_UP, runs * 2, () -> Commands.timed(hokku.words("apps:list")), ours,
                    () -> Commands.timed(openSsh.words("true")), theirs);
            double more = ours.median() - theirs.median();
            table.figure("(d) ssh host apps:list, multiplexed; by hand: true", runs * 2, ours, theirs, "+ %.0f ms".formatted(MORE_MILLIS),
                    more <= MORE_MILLIS, "%+.1f ms".formatted(more));
        }
    }

    /// The same command to a server with one app and to one with a thousand.
    private void flatness(Table table) throws IOException, InterruptedException {
        for (String command : List.of("apps:exists " + ManyApps.name(1), "apps:list")) {
            Times one = new Times();
            Times thousand = new Times();
            List<String> toFew = few.words(command.startsWith("apps:exists") ? "apps:exists tiny" : command);
            List<String> toMany = many.words(command);
            Commands.inTurn(WARM_UP / 2, runs, () -> Commands.timed(toMany), thousand, () -> Commands.timed(toFew), one);
            double more = thousand.median() - one.median();
            table.figure("(d) ssh host " + command.split(" ")[0] + " with " + ManyApps.APPS + " apps, new connection; in turn: with 1 app", runs,
                    thousand, one, "+ %.0f ms".formatted(MORE_MILLIS), more <= MORE_MILLIS, "%+.1f ms".formatted(more));
        }
    }

    private void throughput(Table table) throws Exception {
        double kept = perSecondOnKept(many, many.words("version"), List.of("version"));
        double keptByHand = perSecondOnKept(few, byHand.words("true"), List.of("true"));
        table.figure("(d) commands per second, " + CLIENTS + " clients, each on its connection; by hand: true", COMMANDS,
                "%.0f/s".formatted(kept), "%.0f/s".formatted(keptByHand), PER_SECOND + "/s", kept >= PER_SECOND, "%.0f/s".formatted(kept));
        double fresh = perSecondOnNew(many.words("version"));
        double freshByHand = perSecondOnNew(byHand.words("true"));
        table.figure("(d) commands per second, " + CLIENTS + " clients, a new connection for each; by hand: true", ON_NEW_CONNECTIONS,
                "%.0f/s".formatted(fresh), "%.0f/s".formatted(freshByHand), PER_SECOND + "/s", fresh >= PER_SECOND, "%.0f/s".formatted(fresh));
    }

    private double perSecondOnKept(TestServer server, List<String> words, List<String> command) throws Exception {
        List<Master> masters = new ArrayList<>();
        try {
            for (int client = 0; client < CLIENTS; client++) {
                masters.add(Master.open(words, server.work().resolve("k" + client)));
            }
            return perSecond(COMMANDS, client -> Commands.timed(masters.get(client).words(command.toArray(String[]::new))));
        } finally {
            for (Master master : masters) {
                master.close();
            }
        }
    }

    private static double perSecondOnNew(List<String> words) throws Exception {
        return perSecond(ON_NEW_CONNECTIONS, client -> Commands.timed(words));
    }

    private interface ForClient {
        void run(int client) throws Exception;
    }

    private static double perSecond(int commands, ForClient one) throws Exception {
        AtomicInteger left = new AtomicInteger(commands);
        long begun = System.nanoTime();
        together(client -> {
            while (left.getAndDecrement() > 0) {
                one.run(client);
            }
        });
        return commands * 1e9 / (System.nanoTime() - begun);
    }

    private static void together(ForClient each) throws Exception {
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                int number = client;
                tasks.add(() -> {
                    each.run(number);
                    return number;
                });
            }
            for (Future<Integer> done : clients.invokeAll(tasks)) {
                done.get();
            }
        } catch (ExecutionException failed) {
            throw new IOException(failed.getCause());
        }
    }

    /// Every other command ends with 20, so that neither a lost code nor one of another command stays unseen.
    private void exitCodes(Table table) throws Exception {
        List<Master> masters = new ArrayList<>();
        AtomicInteger left = new AtomicInteger(COMMANDS);
        AtomicInteger wrong = new AtomicInteger();
        try {
            for (int client = 0; client < CLIENTS; client++) {
                masters.add(Master.open(many.words("version"), many.work().resolve("e" + client)));
            }
            together(client -> {
                for (int number = left.getAndDecrement(); number > 0; number = left.getAndDecrement()) {
                    boolean there = number % 2 == 0;
                    int exit = Commands.exit(masters.get(client).words("apps:exists", there ? ManyApps.name(number % ManyApps.APPS) : "nobody"));
                    if (exit != (there ? 0 : NO_SUCH_APP)) {
                        wrong.incrementAndGet();
                    }
                }
            });
        } finally {
            for (Master master : masters) {
                master.close();
            }
        }
        table.figure("(d) exit codes lost in multiplexed commands, " + CLIENTS + " clients", COMMANDS, wrong + " of " + COMMANDS, "", "0",
                wrong.get() == 0, wrong + " lost");
    }
}
