package hokku.nginx;

import hokku.api.AppName;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/// Makes changes live, one reload at a time; those that come meanwhile wait and share the next one.
final class Commits {
    private static final Duration HEAD_START = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Configuration configuration;
    private final Generation generation;
    private final Program program;
    private final Master master;
    private final ConcurrentLinkedQueue<Edit> waiting = new ConcurrentLinkedQueue<>();
    private final ReentrantLock turn = new ReentrantLock(true);
    private final Instant loaded = Instant.now();

    Commits(Configuration configuration, Generation generation, Program program, Master master) {
        this.configuration = configuration;
        this.generation = generation;
        this.program = program;
        this.master = master;
    }

    /// Makes files live and returns when new connections are led by them. After a failure the former ones are.
    ///
    /// @param files by app; empty to remove the app's file
    void commit(Map<AppName, Optional<AppConfig>> files) throws Exception {
        Edit mine = new Edit(Map.copyOf(files));
        waiting.add(mine);
        turn.lock();
        try {
            if (!mine.done) {
                List<Edit> batch = new ArrayList<>();
                for (Edit each = waiting.poll(); each != null; each = waiting.poll()) {
                    batch.add(each);
                }
                together(batch);
            }
        } finally {
            turn.unlock();
        }
        if (mine.failure.isPresent()) {
            throw mine.failure.get();
        }
    }

    /// Sees to it that nginx runs and serves what the files say, after a crash of either.
    void ensureServing() throws Exception {
        turn.lock();
        try {
            if (!master.isRunning()) {
                start();
            }
        } finally {
            turn.unlock();
        }
    }

    /// Whether nginx runs with exactly what the files say, which it has accepted then.
    boolean isServing() throws IOException {
        return master.isRunning() && generation.serving(configuration.port()).equals(configuration.refresh());
    }

    /// Takes the configuration anew, even if it is the one that is served.
    void reload() throws Exception {
        turn.lock();
        try {
            serve(true);
        } finally {
            turn.unlock();
        }
    }

    /// Brings nginx to what the files say, unless it does that already, or will when its service starts it.
    void takeUp() throws Exception {
        turn.lock();
        try {
            if (!program.isForeign() || master.isRunning()) {
                serve(false);
            }
        } finally {
            turn.unlock();
        }
    }

    private void together(List<Edit> batch) {
        Map<AppName, Optional<AppConfig>> all = new TreeMap<>();
        batch.forEach(each -> all.putAll(each.files));
        Optional<Exception> failure = attempt(all);
        if (failure.isPresent() && batch.size() > 1) {
            // One of them is to blame: alone, each gets its own answer.
            batch.forEach(each -> each.end(attempt(each.files)));
        } else {
            batch.forEach(each -> each.end(failure));
        }
    }

    private Optional<Exception> attempt(Map<AppName, Optional<AppConfig>> files) {
        try {
            Map<AppName, Optional<AppConfig>> former = configuration.replace(files);
            try {
                boolean onlyRemovals = files.values().stream().allMatch(Optional::isEmpty);
                if (!onlyRemovals || master.isRunning()) {
                    serve(false);
                }
                return Optional.empty();
            } catch (Exception failure) {
                restore(former, failure);
                return Optional.of(failure);
            }
        } catch (IOException | RuntimeException failure) {
            return Optional.of(failure);
        }
    }

    private void restore(Map<AppName, Optional<AppConfig>> former, Exception failure) {
        try {
            configuration.replace(former);
            if (master.isRunning()) {
                generation.reload(configuration.refresh(), configuration.port());
            }
        } catch (Exception second) {
            failure.addSuppressed(second);
            if (second instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void serve(boolean anyway) throws IOException, InterruptedException {
        if (!master.isRunning()) {
            start();
        } else {
            String expected = configuration.refresh();
            if (anyway || !generation.serving(configuration.port()).equals(expected)) {
                generation.reload(expected, configuration.port());
            }
        }
    }

    private void start() throws IOException, InterruptedException {
        String expected = configuration.refresh();
        if (program.isForeign()) {
            awaitService();
        } else {
            program.start();
        }
        generation.await(expected, configuration.port());
    }

    /// Waits for the service that runs nginx: when the host starts, it may be a little later than the server.
    private void awaitService() throws IOException, InterruptedException {
        while (!master.isRunning() && Instant.now().isBefore(loaded.plus(HEAD_START))) {
            Thread.sleep(PAUSE);
        }
        master.demandRunning();
    }

    /// What one caller wants; guarded by [#turn] but for the time before it is queued.
    private static final class Edit {
        private final Map<AppName, Optional<AppConfig>> files;
        private boolean done;
        private Optional<Exception> failure = Optional.empty();

        Edit(Map<AppName, Optional<AppConfig>> files) {
            this.files = files;
        }

        void end(Optional<Exception> with) {
            done = true;
            failure = with;
        }
    }
}
