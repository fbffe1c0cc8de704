package hokku.swarm;

import hokku.api.Attachment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The streams of a task on another node: its output, and what can be made of the input that it does not get.
final class TaskStreams implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TaskStreams.class);
    /// What a terminal sends for Ctrl-C; nothing else would heed it.
    private static final int INTERRUPT = 3;

    private final Attachment attachment;
    /// Why the task has no input; empty when nobody means to give it one.
    private final Optional<String> reason;
    private final StreamOutput told;
    private final ReentrantLock lock = new ReentrantLock();
    private final Thread input = Thread.ofVirtual().name("task-input").unstarted(this::watchInput);
    private volatile boolean givenUp;

    private TaskStreams(Attachment attachment, Optional<String> reason) {
        this.attachment = attachment;
        this.reason = reason;
        this.told = new StreamOutput(attachment.err(), attachment.terminal().isPresent());
    }

    /// For a task that nobody talks to.
    static TaskStreams unread(Attachment attachment) {
        return new TaskStreams(attachment, Optional.empty());
    }

    /// @param reason why the task has neither input nor terminal
    static TaskStreams watched(Attachment attachment, String reason) {
        return new TaskStreams(attachment, Optional.of(reason));
    }

    void open() {
        if (reason.isPresent()) {
            if (attachment.terminal().isPresent()) {
                detail("It runs as a task of the swarm, without a terminal and without input: " + reason.get());
            }
            input.start();
        }
    }

    /// Reads on, so that a client which closes its end is not kept waiting.
    private void watchInput() {
        boolean terminal = attachment.terminal().isPresent();
        boolean warned = terminal;
        byte[] bytes = new byte[8192];
        try {
            for (int count = attachment.in().read(bytes); count >= 0; count = attachment.in().read(bytes)) {
                if (terminal && contains(bytes, count, INTERRUPT)) {
                    givenUp = true;
                } else if (count > 0 && !warned) {
                    warned = true;
                    detail("Its input is not passed on, because it runs as a task of the swarm: " + reason.orElseThrow());
                }
            }
        } catch (IOException gone) {
            LOG.debug("The input of a task ended early", gone);
        }
    }

    private static boolean contains(byte[] bytes, int count, int wanted) {
        for (int index = 0; index < count; index++) {
            if (bytes[index] == wanted) {
                return true;
            }
        }
        return false;
    }

    StreamOutput told() {
        return told;
    }

    void detail(String text) {
        lock.lock();
        try {
            told.detail(text);
        } finally {
            lock.unlock();
        }
    }

    /// Passes output on.
    void write(boolean error, byte[] bytes) {
        lock.lock();
        try {
            OutputStream to = error && attachment.terminal().isEmpty() ? attachment.err() : attachment.out();
            to.write(attachment.terminal().isPresent() ? returned(bytes) : bytes);
            to.flush();
        } catch (IOException gone) {
            LOG.debug("Nobody reads the output of a task", gone);
            givenUp = true;
        } finally {
            lock.unlock();
        }
    }

    /// A terminal goes to the begin of a line only when it is told.
    private static byte[] returned(byte[] bytes) {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        for (byte one : bytes) {
            if (one == '\n') {
                shown.write('\r');
            }
            shown.write(one);
        }
        return shown.toByteArray();
    }

    /// Whether the one at the other end wants no more of it, or is gone.
    boolean isGivenUp() {
        return givenUp;
    }

    @Override
    public void close() {
        input.interrupt();
    }
}
