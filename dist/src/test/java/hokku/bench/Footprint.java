package hokku.bench;

import hokku.e2e.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// (e) Resident memory of the idle server, and (f) how long it takes from its start until ssh answers and everything was compared.
final class Footprint {
    private static final int TICKS_PER_SECOND = 100;
    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final int runs;
    private final TestServer server;
    private final String with;
    private final double mostMegabytes;
    private final double mostMillis;

    /// @param with what the server has
    Footprint(int runs, TestServer server, String with, double mostMegabytes, double mostMillis) {
        this.runs = runs;
        this.server = server;
        this.with = with;
        this.mostMegabytes = mostMegabytes;
        this.mostMillis = mostMillis;
    }

    void measure(Table table) throws IOException, InterruptedException {
        Times starts = new Times();
        double memory = 0;
        for (int run = -1; run < runs; run++) {
            server.stop();
            long nanos = server.launchAndSettle().toNanos();
            if (run >= 0) {
                starts.add(nanos);
                memory = Math.max(memory, idle(server));
            }
        }
        table.figure("(e) resident memory, idle after a start, " + with + " (the most of all starts)", runs, "%.0f MB".formatted(memory), "",
                "%.0f MB".formatted(mostMegabytes), memory <= mostMegabytes, "%.0f MB".formatted(memory));
        table.figure("(f) start until ssh answers and everything was compared, " + with, runs, starts, "", "%.0f ms".formatted(mostMillis),
                starts.median() <= mostMillis, "%.0f ms".formatted(starts.median()));
    }

    /// Megabytes of a server that does nothing any more.
    static double idle(TestServer server) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long former = ticks(server.pid());
        while (true) {
            Thread.sleep(LOOK);
            long now = ticks(server.pid());
            if (now - former <= LOOK.toSeconds() * TICKS_PER_SECOND / 50) {
                return megabytes(server.pid());
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("The server is never idle");
            }
            former = now;
        }
    }

    private static double megabytes(long pid) throws IOException {
        String line = Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status")).stream()
                .filter(each -> each.startsWith("VmRSS:")).findFirst().orElseThrow();
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
    }

    /// How much of a processor it has used.
    private static long ticks(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }
}
