package hokku.core.deploy;

import hokku.api.AppName;
import hokku.api.Output;
import hokku.api.UserError;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// One deploy per app at a time: the next one waits, and a newer one takes the place of one that still waits.
final class DeployQueue {
    /// A deploy's turn; it ends when this is closed.
    interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /// What runs and what waits of one app.
    private static final class Lane {
        private Optional<Ticket> running = Optional.empty();
        private Optional<Ticket> waiting = Optional.empty();
    }

    private record Ticket(Thread thread, String commit, String by) {}

    /// Guards `lanes` and what is in them.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final Map<AppName, Lane> lanes = new HashMap<>();

    /// Waits for the turn of a commit; an interrupt gives it up.
    ///
    /// @throws UserError when a newer commit takes its place
    Turn take(AppName app, String commit, String by, Output out) throws InterruptedException {
        Ticket ticket = new Ticket(Thread.currentThread(), commit, by);
        lock.lockInterruptibly();
        try {
            Lane lane = lanes.computeIfAbsent(app, name -> new Lane());
            if (lane.running.isPresent()) {
                Ticket running = lane.running.get();
                out.step("Waiting for the deploy of %s by %s".formatted(abbreviated(running.commit()), running.by()));
                lane.waiting = Optional.of(ticket);
                moved.signalAll();
            }
            try {
                while (lane.running.isPresent()) {
                    moved.await();
                    superseded(lane, ticket);
                }
            } finally {
                if (holds(lane.waiting, ticket)) {
                    lane.waiting = Optional.empty();
                }
            }
            lane.running = Optional.of(ticket);
            return () -> end(app, ticket);
        } finally {
            lock.unlock();
        }
    }

    /// Takes the turn for something that does not matter enough to wait, or to be waited for by it; empty while a deploy runs.
    Optional<Turn> takeIfFree(AppName app, String what) {
        lock.lock();
        try {
            if (lanes.containsKey(app)) {
                return Optional.empty();
            }
            Lane lane = new Lane();
            Ticket ticket = new Ticket(Thread.currentThread(), what, "the server");
            lane.running = Optional.of(ticket);
            lanes.put(app, lane);
            return Optional.of(() -> end(app, ticket));
        } finally {
            lock.unlock();
        }
    }

    private static void superseded(Lane lane, Ticket ticket) {
        if (lane.waiting.isPresent() && !holds(lane.waiting, ticket)) {
            throw new UserError("A newer push (%s by %s) took the place of this one while it waited".formatted(
                    abbreviated(lane.waiting.get().commit()), lane.waiting.get().by()));
        }
    }

    private static boolean holds(Optional<Ticket> place, Ticket ticket) {
        return place.filter(there -> there == ticket).isPresent();
    }

    private void end(AppName app, Ticket ticket) {
        lock.lock();
        try {
            Lane lane = lanes.get(app);
            if (lane != null && holds(lane.running, ticket)) {
                lane.running = Optional.empty();
                if (lane.waiting.isEmpty()) {
                    lanes.remove(app);
                }
                moved.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Interrupts what runs and what waits of an app.
    ///
    /// @return whether there was anything
    boolean cancel(AppName app) {
        lock.lock();
        try {
            Lane lane = lanes.get(app);
            if (lane == null) {
                return false;
            }
            lane.running.ifPresent(ticket -> ticket.thread().interrupt());
            lane.waiting.ifPresent(ticket -> ticket.thread().interrupt());
            return true;
        } finally {
            lock.unlock();
        }
    }

    boolean isDeploying(AppName app) {
        lock.lock();
        try {
            return lanes.containsKey(app);
        } finally {
            lock.unlock();
        }
    }

    private static String abbreviated(String commit) {
        return commit.substring(0, Math.min(8, commit.length()));
    }
}
