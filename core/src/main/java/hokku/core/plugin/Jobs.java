package hokku.core.plugin;

import hokku.api.spi.Job;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the jobs of the snapshot in force, each on a thread of its own.
final class Jobs {
    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
    /// The clock may be set while a job waits, so it is looked at again after so long.
    private static final Duration GLANCE = Duration.ofSeconds(30);

    private final Clock clock;
    private final Instant started;
    /// What is known of a job by its plugin and name; it outlives the snapshots, so that a reload starts no interval anew and
    /// never lets two runs of one job overlap.
    private final Map<String, Past> past = new ConcurrentHashMap<>();
    private List<Thread> threads = List.of();

    private static final class Past {
        private final ReentrantLock running = new ReentrantLock();
        private volatile Instant ended;
        /// Why the last run failed; empty when it did not.
        private volatile Optional<FailedJob> failure = Optional.empty();

        private Past(Instant ended) {
            this.ended = ended;
        }
    }

    Jobs(Clock clock) {
        this.clock = clock;
        this.started = clock.instant();
    }

    /// Starts the jobs of a snapshot; each keeps it open until it has ended.
    synchronized void start(Snapshot snapshot) {
        threads = snapshot.registry().jobs().stream().map(job -> start(job, snapshot.lease().orElseThrow())).toList();
    }

    /// Interrupts the jobs that run or wait, and does not wait for their end.
    synchronized void stop() {
        threads.forEach(Thread::interrupt);
        threads = List.of();
    }

    /// Those of the given jobs whose last run failed.
    List<FailedJob> failed(List<Registry.Contribution<Job>> jobs) {
        return jobs.stream().flatMap(job -> Optional.ofNullable(past.get(key(job))).flatMap(known -> known.failure).stream()).toList();
    }

    private static String key(Registry.Contribution<Job> job) {
        return job.plugin() + " " + job.value().name();
    }

    private Thread start(Registry.Contribution<Job> job, Snapshots.Lease lease) {
        return Thread.ofVirtual().name("job " + job.plugin() + " " + job.value().name()).start(() -> {
            try (lease) {
                repeat(job);
            } catch (InterruptedException e) {
                LOG.debug("Job {} of plugin {} was stopped", job.value().name(), job.plugin());
            }
        });
    }

    private void repeat(Registry.Contribution<Job> job) throws InterruptedException {
        Past mine = past.computeIfAbsent(key(job), name -> new Past(started));
        JobTimes times = JobTimes.of(job.value().when());
        Optional<Instant> next = times.next(mine.ended, clock.instant());
        while (next.isPresent()) {
            await(next.get());
            mine.running.lockInterruptibly();
            try {
                mine.failure = run(job).map(reason -> new FailedJob(job.plugin(), job.value().name(), clock.instant(), reason));
            } finally {
                mine.ended = clock.instant();
                mine.running.unlock();
            }
            next = times.next(mine.ended, clock.instant());
        }
    }

    private void await(Instant time) throws InterruptedException {
        Duration left = Duration.between(clock.instant(), time);
        while (left.isPositive()) {
            Thread.sleep(left.compareTo(GLANCE) < 0 ? left : GLANCE);
            left = Duration.between(clock.instant(), time);
        }
    }

    /// @return why it failed; empty when it did not
    private static Optional<String> run(Registry.Contribution<Job> job) throws InterruptedException {
        Optional<String> failure = Optional.empty();
        try {
            job.value().run();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | LinkageError e) {
            LOG.error("Plugin {} failed in its job {}", job.plugin(), job.value().name(), e);
            failure = Optional.of(Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName()));
        }
        // A job that swallows the interrupt ends all the same.
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return failure;
    }
}
