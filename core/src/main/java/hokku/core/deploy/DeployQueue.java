package hokku.core.deploy;

import hokku.api.AppName;
import hokku.api.Output;
import hokku.api.UserError;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// One deploy per app at a time: the next one waits, and a newer one takes the place of one that still waits.
final class DeployQueue {
    /// The exit code of what an interrupt ended.
    private static final int CANCELLED = 130;

    /// A deploy's turn; it ends when this is closed, by the thread that took it.
    interface Turn extends AutoCloseable {
        /// Who ended the deploy by a command.
        Optional<String> cancelledBy();

        /// Asks for leave to go live, from where it cannot be cancelled.
        ///
        /// @return whether nobody cancelled it before
        boolean mayCommit();

        /// Says that it did.
        void wentLive();

        @Override
        void close();
    }

    /// A deploy that waits for its turn.
    record Waiting(AppName app, String commit, String by, Instant since) {}

    /// What runs and what waits of one app.
    private static final class Lane {
        private Optional<Ticket> running = Optional.empty();
        private Optional<Ticket> waiting = Optional.empty();
    }

    private static final class Ticket {
        /// Who is to be interrupted when it is cancelled; nobody for what is no deploy.
        private final Optional<Thread> thread;
        private final String what;
        private final Optional<Waiting> waiting;
        /// What took its place while it waited.
        private Optional<Ticket> newer = Optional.empty();
        private Optional<String> cancelledBy = Optional.empty();
        private boolean committing;
        private boolean live;
        private boolean ended;

        Ticket(Optional<Thread> thread, String what, Optional<Waiting> waiting) {
            this.thread = thread;
            this.what = what;
            this.waiting = waiting;
        }
    }

    /// Guards `lanes` and what is in them.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final Map<AppName, Lane> lanes = new HashMap<>();
    private final Clock clock;

    DeployQueue(Clock clock) {
        this.clock = clock;
    }

    private final class Place implements Turn {
        private final AppName app;
        private final Ticket ticket;

        Place(AppName app, Ticket ticket) {
            this.app = app;
            this.ticket = ticket;
        }

        @Override
        public Optional<String> cancelledBy() {
            lock.lock();
            try {
                return ticket.cancelledBy;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public boolean mayCommit() {
            lock.lock();
            try {
                ticket.committing = ticket.cancelledBy.isEmpty();
                return ticket.committing;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void wentLive() {
            lock.lock();
            try {
                ticket.live = true;
            } finally {
                lock.unlock();
            }
        }

        /// What cancelled the deploy interrupted its thread, and that must not reach what the thread does next.
        @Override
        public void close() {
            leave(app, ticket);
            if (ticket.cancelledBy.isPresent()) {
                Thread.interrupted();
            }
        }
    }

    /// Waits for the turn of a commit; an interrupt gives it up.
    ///
    /// @throws UserError when a newer commit takes its place, or somebody cancels it
    Turn take(AppName app, String commit, String by, Output out) throws InterruptedException {
        String what = commit.substring(0, Math.min(8, commit.length())) + " by " + by;
        Ticket ticket = new Ticket(Optional.of(Thread.currentThread()), what, Optional.of(new Waiting(app, commit, by, clock.instant())));
        Turn turn = new Place(app, ticket);
        try {
            Optional<Ticket> before = enter(app, ticket);
            // Outside the lock: the client may be slow to read.
            before.ifPresent(runs -> out.step("Waiting for " + (runs.thread.isPresent() ? "the deploy of " : "") + runs.what));
            await(app, ticket);
            return turn;
        } catch (InterruptedException | RuntimeException given) {
            turn.close();
            turn.cancelledBy().ifPresent(who -> {
                throw cancelled(who);
            });
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
            if (ticket.cancelledBy.isPresent()) {
                throw new InterruptedException("cancelled while it waited");
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
            Ticket ticket = new Ticket(Optional.empty(), what + " by the server", Optional.empty());
            lane.running = Optional.of(ticket);
            lanes.put(app, lane);
            return Optional.of(new Place(app, ticket));
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
                if (lane.running.isEmpty()) {
                    lanes.remove(app);
                }
            }
            ticket.ended = true;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// What a cancelled deploy ends with.
    static UserError cancelled(String who) {
        return new UserError(CANCELLED, "The deploy was cancelled by " + who);
    }

    /// Deploys that were told to end.
    final class Cancelled {
        private final List<Ticket> tickets;

        private Cancelled(List<Ticket> tickets) {
            this.tickets = tickets;
        }

        /// What they deploy, and who wants it.
        List<String> what() {
            return what(ticket -> true);
        }

        /// Those that ended without going live. To be asked after their end.
        List<String> ended() {
            return what(ticket -> !ticket.live);
        }

        /// Those for which it was too late. To be asked after their end.
        List<String> live() {
            return what(ticket -> ticket.live);
        }

        private List<String> what(Predicate<Ticket> which) {
            lock.lock();
            try {
                return tickets.stream().filter(which).map(ticket -> ticket.what).toList();
            } finally {
                lock.unlock();
            }
        }

        void awaitEnd() throws InterruptedException {
            lock.lockInterruptibly();
            try {
                while (!tickets.stream().allMatch(ticket -> ticket.ended)) {
                    moved.await();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /// Interrupts the deploys of an app, the one that runs and the one that waits; one that is going live goes on.
    Cancelled cancel(AppName app, String by) {
        lock.lock();
        try {
            List<Ticket> deploying = Optional.ofNullable(lanes.get(app)).stream()
                    .flatMap(lane -> Stream.concat(lane.running.stream(), lane.waiting.stream()))
                    .filter(ticket -> ticket.thread.isPresent()).toList();
            for (Ticket ticket : deploying.stream().filter(each -> !each.committing).toList()) {
                ticket.cancelledBy = ticket.cancelledBy.or(() -> Optional.of(by));
                ticket.thread.ifPresent(Thread::interrupt);
            }
            return new Cancelled(deploying);
        } finally {
            lock.unlock();
        }
    }

    /// The deploys of all apps that wait.
    List<Waiting> waiting() {
        lock.lock();
        try {
            return lanes.values().stream().flatMap(lane -> lane.waiting.stream()).flatMap(ticket -> ticket.waiting.stream()).toList();
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
