package hokku.dockerlocal;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;

/// Calls that an interrupt does not cut off.
///
/// The engine finishes what it was asked even when nobody waits for the answer, so a cut off call may leave a container that
/// nobody knows. The interrupt is kept for later.
final class Unbroken {
    private Unbroken() {}

    static <T> T call(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofVirtual().name("engine-call").start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException exception -> throw exception;
                case Error error -> throw error;
                case Throwable cause -> throw new IllegalStateException(cause);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    static void run(Runnable work) {
        call(() -> {
            work.run();
            return true;
        });
    }

    /// Does them all at the same time, and throws the first failure once all are done.
    static void all(List<Runnable> works) {
        Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
        run(() -> {
            try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
                works.forEach(work -> pool.execute(() -> {
                    try {
                        work.run();
                    } catch (RuntimeException e) {
                        failures.add(e);
                    }
                }));
            }
        });
        if (!failures.isEmpty()) {
            throw failures.peek();
        }
    }

    /// What a call that was cut off by an interrupt means.
    static InterruptedException interrupted(CancellationException cause) {
        Thread.interrupted();
        InterruptedException interrupted = new InterruptedException("cancelled");
        interrupted.initCause(cause);
        return interrupted;
    }
}
