package hokku.swarm;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The output of one task, passed on while it runs. Used by one thread.
///
/// A log that is followed never ends, and says of no line that it was the last one. So the whole log is fetched once more when the task has ended,
/// and what was passed on already is left out.
final class TaskOutput implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TaskOutput.class);
    /// How long the managers may send nothing of a log that has an end.
    private static final Duration SILENCE = Duration.ofSeconds(15);
    /// How long the rest is asked for again: a node that came back does not send its logs at once. Longer than one silence, so that what was
    /// not answered at all is asked for once more.
    private static final Duration PATIENCE = Duration.ofSeconds(45);
    /// Managers can lose the way to the logs of a node that was cut off and came back, until its engine connects to them anew.
    private static final String NOT_AVAILABLE = "is not available";
    private static final String REMEDY = ". If that stays so although swarm:nodes calls the node ready, restart its engine: systemctl restart docker";
    /// What comes before the reason in the managers' own words.
    private static final String REFUSAL = "Error grabbing logs: ";
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final SwarmEngine engine;
    private final String task;
    private final TaskStreams streams;
    private final OutputPieces out = new OutputPieces();
    private final OutputPieces err = new OutputPieces();
    private Reading reading;

    TaskOutput(SwarmEngine engine, String task, TaskStreams streams) {
        this.engine = engine;
        this.task = task;
        this.streams = streams;
        this.reading = new Reading();
        reading.begin(true);
    }

    /// Follows the log again if that was cut off, as by a change of the managers.
    void goOn() {
        if (reading.isOver(PAUSE)) {
            restart(true);
        }
    }

    /// No two readings pass anything on at the same time.
    private void restart(boolean follow) {
        reading.end();
        out.again();
        err.again();
        reading = new Reading();
        reading.begin(follow);
    }

    /// Passes on what is left of it, once the task has ended.
    void finish() throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        restart(false);
        Optional<String> problem = reading.await();
        while (problem.isPresent() && System.nanoTime() < deadline && !streams.isGivenUp()) {
            Thread.sleep(PAUSE);
            restart(false);
            problem = reading.await();
        }
        reading.showRest();
        problem.ifPresent(why -> streams.detail("The last lines of the output may be missing: " + why + (why.endsWith(NOT_AVAILABLE) ? REMEDY : "")));
    }

    @Override
    public void close() {
        reading.end();
    }

    /// What the managers said, without the marks of the stream that it comes in, which the client library does not know. Never empty.
    static String readable(String said) {
        int refusal = said.indexOf(REFUSAL);
        String text = said.substring(refusal < 0 ? 0 : refusal + REFUSAL.length()).replaceAll("[\\p{Cntrl}\uFFFD]+", " ").strip();
        String reason = text.replaceFirst("^rpc error: code = \\w+ desc = ", "");
        return reason.isEmpty() ? "the managers did not say why" : reason;
    }

    /// The log as it comes, once.
    private final class Reading extends ResultCallback.Adapter<Frame> {
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile long last = System.nanoTime();
        private volatile String problem = "";
        private final ByteArrayOutputStream said = new ByteArrayOutputStream();
        private boolean closed;

        void begin(boolean follow) {
            try {
                engine.client().logTaskCmd(task).withStdout(true).withStderr(true).withTimestamps(true).withFollow(follow).exec(this);
            } catch (DockerException failed) {
                onError(failed);
            }
        }

        @Override
        public synchronized void onNext(Frame frame) {
            if (!closed) {
                take(frame);
                last = System.nanoTime();
            }
        }

        private void take(Frame frame) {
            if (frame.getStreamType() == StreamType.RAW) {
                // The managers' own words, in place of what they cannot get. They come in portions.
                said.writeBytes(frame.getPayload());
                problem = readable(said.toString(StandardCharsets.UTF_8));
                return;
            }
            boolean error = frame.getStreamType() == StreamType.STDERR;
            show(error, (error ? err : out).next(frame.getPayload()));
        }

        private void show(boolean error, byte[] shown) {
            if (shown.length > 0) {
                streams.write(error, shown);
            }
        }

        synchronized void showRest() {
            show(false, out.rest());
            show(true, err.rest());
        }

        @Override
        public void onError(Throwable failure) {
            LOG.debug("The output of task {} cannot be read on", task, failure);
            problem = failure instanceof DockerException answer ? SwarmEngine.message(answer) : String.valueOf(failure.getMessage());
            last = System.nanoTime();
            done.countDown();
        }

        @Override
        public void onComplete() {
            done.countDown();
        }

        /// Waits for its end for as long as anything comes.
        ///
        /// @return why it is not complete; empty when it is
        Optional<String> await() throws InterruptedException {
            while (!done.await(100, TimeUnit.MILLISECONDS)) {
                if (System.nanoTime() - last > SILENCE.toNanos()) {
                    return Optional.of("the managers sent nothing more for " + SILENCE.toSeconds() + " s");
                }
                if (streams.isGivenUp()) {
                    return Optional.of("nobody reads them");
                }
            }
            return Optional.of(problem).filter(text -> !text.isEmpty());
        }

        /// Whether it ended that long ago.
        boolean isOver(Duration ago) {
            return done.getCount() == 0 && System.nanoTime() - last > ago.toNanos();
        }

        /// Nothing of it is passed on any more after this.
        void end() {
            synchronized (this) {
                closed = true;
            }
            try {
                close();
            } catch (IOException failed) {
                LOG.debug("The log of a task cannot be closed", failed);
            }
        }
    }
}
