package hokku.core.deploy;

import hokku.api.AppName;
import hokku.api.Output;
import hokku.api.UserError;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

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

    private static final class Ticket {
        /// Who is to be interrupted when it is cancelled; nobody for what is no deploy.
        private final Optional<Thread> thread;
        private final String what;
        /// What took its place while it waited.
        private Optional<Ticket> newer = Optional.empty();

        Ticket(Optional<Thread> thread, String what) {
            this.thread = thread;
            this.what = what;
        }
    }

    /// Guards `lanes` and what is in them.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final Map<AppName, Lane> lanes = new HashMap<>();

    /// Waits for the turn of a commit; an interrupt gives it up.
    ///
    /// @throws UserError when a newer commit takes its place
    Turn take(AppName app, String commit, String by, Output out) throws InterruptedException {
        String what = commit.substring(0, Math.min(8, commit.length())) + " by " + by;
        Ticket ticket = new Ticket(Optional.of(Thread.currentThread()), what);
        Turn turn = () -> leave(app, ticket);
        try {
            Optional<Ticket> before = enter(app, ticket);
            // Outside the lock: the client may be slow to read.
            before.ifPresent(runs -> out.step("Waiting for " + (runs.thread.isPresent() ? "the deploy of " : "") + runs.what));
            await(app, ticket);
            return turn;
        } catch (InterruptedException | RuntimeException given) {
            turn.close();
            throw given;
        }
    }

    /// Runs if nothing else does, else waits in place of whoever waits.
    ///
    /// @return what runs before it
    private Optional<Ticket> enter(AppName app, Ticket ticket) {
        lock.lock();
        try {
            Lane lane = lanes.computeIfAbsent(app, name -> new Lane());
            Optional<Ticket> running = lane.running;
            if (running.isPresent()) {
                lane.waiting.ifPresent(former -> former.newer = Optional.of(ticket));
                lane.waiting = Optional.of(ticket);
                moved.signalAll();
            } else {
                lane.running = Optional.of(ticket);
            }
            return running;
        } finally {
            lock.unlock();
        }
    }

    private void await(AppName app, Ticket ticket) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (ticket.newer.isEmpty() && !holds(lanes.get(app).running, ticket)) {
                moved.await();
            }
        } finally {
            lock.unlock();
        }
        if (ticket.newer.isPresent()) {
            throw new UserError("A newer push (" + ticket.newer.get().what + ") took the place of this one while it waited");
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
            Ticket ticket = new Ticket(Optional.empty(), what + " by the server");
            lane.running = Optional.of(ticket);
            lanes.put(app, lane);
            return Optional.of(() -> leave(app, ticket));
        } finally {
            lock.unlock();
        }
    }

    /// Takes the turn for something that must not come between the parts of a deploy; waits only for what matters less.
    ///
    /// @throws UserError while a deploy runs or waits
    Turn takeBetween(AppName app, String what) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            for (Lane lane = lanes.get(app); lane != null; lane = lanes.get(app)) {
                if (Stream.concat(lane.running.stream(), lane.waiting.stream()).anyMatch(ticket -> ticket.thread.isPresent())) {
                    throw new UserError("App " + app + " is being deployed. Wait until that is done, then try again");
                }
                moved.await();
            }
            return takeIfFree(app, what).orElseThrow();
        } finally {
            lock.unlock();
        }
    }

    private static boolean holds(Optional<Ticket> place, Ticket ticket) {
        return place.filter(there -> there == ticket).isPresent();
    }

    /// Whoever waits takes the turn right here, so that nobody can come between.
    private void leave(AppName app, Ticket ticket) {
        lock.lock();
        try {
            Lane lane = lanes.get(app);
            if (lane != null && holds(lane.waiting, ticket)) {
                lane.waiting = Optional.empty();
            }
            if (lane != null && holds(lane.running, ticket)) {
                lane.running = lane.waiting;
                lane.waiting = Optional.empty();
                moved.signalAll();
                if (lane.running.isEmpty()) {
                    lanes.remove(app);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// Interrupts the deploys of an app, the one that runs and the one that waits.
    ///
    /// @return whether there was any
    boolean cancel(AppName app) {
        lock.lock();
        try {
            List<Thread> deploying = Optional.ofNullable(lanes.get(app)).stream()
                    .flatMap(lane -> Stream.concat(lane.running.stream(), lane.waiting.stream()))
                    .flatMap(ticket -> ticket.thread.stream()).toList();
            deploying.forEach(Thread::interrupt);
            return !deploying.isEmpty();
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
}
