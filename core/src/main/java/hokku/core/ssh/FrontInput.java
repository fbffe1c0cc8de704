package hokku.core.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.function.IntConsumer;

/// What a client sends. No more of it lies here than the client was allowed to send, so whoever brings it never waits, and sees
/// at once when the client is gone.
final class FrontInput extends InputStream {
    /// What a client may send before anything was read.
    static final int WINDOW = 512 * 1024;
    private static final int STEP = WINDOW / 4;

    private final IntConsumer allow;
    /// Guarded by this, as all that follows.
    private final Deque<byte[]> parts = new ArrayDeque<>();
    private int begun;
    private int waiting;
    private int taken;
    private boolean ended;
    private boolean lost;

    /// @param allow told how many bytes more may be sent
    FrontInput(IntConsumer allow) {
        this.allow = allow;
    }

    synchronized void add(byte[] part) throws IOException {
        if (waiting + part.length > WINDOW) {
            throw new IOException("more input than was allowed");
        }
        if (part.length > 0 && !ended) {
            parts.add(part);
            waiting += part.length;
            notifyAll();
        }
    }

    /// The client has said that nothing more comes.
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /// Nobody is there any more.
    synchronized void lost() {
        lost = true;
        notifyAll();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        int allowed = 0;
        int read;
        synchronized (this) {
            await();
            if (parts.isEmpty()) {
                return -1;
            }
            read = poll(target, offset, length);
            if (taken >= STEP) {
                allowed = taken;
                taken = 0;
            }
        }
        if (allowed > 0) {
            allow.accept(allowed);
        }
        return read;
    }

    private synchronized void await() throws IOException {
        while (parts.isEmpty() && !ended) {
            if (lost) {
                throw new IOException("the client is gone in the middle of its input");
            }
            try {
                wait();
            } catch (InterruptedException interrupted) {
                throw (IOException) new InterruptedIOException("interrupted while waiting for input").initCause(interrupted);
            }
        }
    }

    private synchronized int poll(byte[] target, int offset, int length) {
        byte[] part = parts.getFirst();
        int count = Math.min(length, part.length - begun);
        System.arraycopy(part, begun, target, offset, count);
        begun += count;
        waiting -= count;
        taken += count;
        if (begun == part.length) {
            parts.removeFirst();
            begun = 0;
        }
        return count;
    }

    @Override
    public synchronized int available() {
        return waiting;
    }
}
