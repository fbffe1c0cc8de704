package hokku.core.doctor;

import hokku.api.Finding;
import hokku.api.UserError;
import hokku.api.spi.Examination;
import hokku.core.plugin.Registry.Contribution;
import hokku.core.plugin.Snapshots;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has everything examined at the same time, and waits for no examination longer than a deadline. Safe for use by several threads.
final class Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    /// A finding, and whose it is.
    record Result(String plugin, String examination, Finding finding) {}

    private final Duration patience;
    /// Examinations that went on after their deadline: asked again before they end, they would pile up.
    /// Guarded by itself, as is whether a visit has ended.
    private final Set<Examination> hanging = Collections.newSetFromMap(new IdentityHashMap<>());

    Rounds(Duration patience) {
        this.patience = patience;
    }

    /// Everything that is found, in the order of the plugins.
    List<Result> make(Snapshots.Lease lease) throws InterruptedException {
        List<Visit> visits = lease.registry().examinations().stream().map(examination -> new Visit(examination, lease)).toList();
        long deadline = System.nanoTime() + patience.toNanos();
        List<Result> results = new ArrayList<>();
        try {
            for (Visit visit : visits) {
                for (Finding finding : visit.findings(deadline)) {
                    results.add(new Result(visit.contribution.plugin(), visit.contribution.value().name(), finding));
                }
            }
        } finally {
            visits.forEach(Visit::end);
        }
        return results;
    }

    /// One examination that is under way.
    private final class Visit {
        private final Contribution<Examination> contribution;
        private final FutureTask<List<Finding>> task;
        private final boolean begun;
        private boolean ended;

        private Visit(Contribution<Examination> contribution, Snapshots.Lease lease) {
            this.contribution = contribution;
            this.task = new FutureTask<>(() -> List.copyOf(contribution.value().examine()));
            synchronized (hanging) {
                this.begun = !hanging.contains(contribution.value());
            }
            if (begun) {
                start(lease.again());
            }
        }

        /// On a platform thread: what a plugin does there may hold on to its processor.
        private void start(Snapshots.Lease lease) {
            Thread.ofPlatform().daemon().name("doctor " + contribution.plugin() + " " + contribution.value().name()).start(() -> {
                try (lease) {
                    task.run();
                } finally {
                    synchronized (hanging) {
                        ended = true;
                        hanging.remove(contribution.value());
                    }
                }
            });
        }

        private void rememberUnlessEnded() {
            synchronized (hanging) {
                if (!ended) {
                    hanging.add(contribution.value());
                }
            }
        }

        private List<Finding> findings(long deadline) throws InterruptedException {
            if (!begun) {
                return List.of(late("still hangs since it was asked before"));
            }
            try {
                List<Finding> findings = task.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                return findings.isEmpty() ? List.of(Finding.well("nothing to tell")) : findings;
            } catch (TimeoutException late) {
                rememberUnlessEnded();
                return List.of(late("has not answered within " + patience.toSeconds() + " s"));
            } catch (ExecutionException failed) {
                return List.of(failed(failed.getCause()));
            }
        }

        private Finding late(String how) {
            return Finding.wrong("plugin %s: the examination %s".formatted(contribution.plugin(), how),
                    "What it looks at may hang. Ask again; the server's log may say more");
        }

        private Finding failed(Throwable cause) {
            if (cause instanceof UserError told) {
                return told(told.getMessage());
            }
            LOG.error("Plugin {} failed in its examination {}", contribution.plugin(), contribution.value().name(), cause);
            String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            return Finding.wrong("plugin %s failed to examine it: %s".formatted(contribution.plugin(), message),
                    "This is a defect; the server's log says where");
        }

        /// Messages for users begin with what happened, and go on with what to do.
        private static Finding told(String message) {
            int end = message.indexOf(". ");
            return end < 0 ? Finding.wrong(message, "Mend that, and ask again: doctor")
                    : Finding.wrong(message.substring(0, end), message.substring(end + 2));
        }

        private void end() {
            task.cancel(true);
        }
    }
}
