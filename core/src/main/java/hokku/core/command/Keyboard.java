package hokku.core.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;

/// What a client with a terminal types.
///
/// As long as nobody reads, Ctrl-C interrupts the command: the terminal at the other end is raw, so the key arrives as a byte
/// like any other, and there is nobody else who would heed it. From the first read on every byte is the reader's.
final class Keyboard extends InputStream {
    static final int INTERRUPT = 3;
    private static final int KEPT = 64 * 1024;

    private final InputStream from;
    private final Thread command;
    /// What was typed and not read. Guarded by this, as is all that follows.
    private final byte[] typed = new byte[KEPT];
    private int length;
    private boolean ended;
    private boolean lost;
    private boolean owned;
    private boolean interrupted;

    /// @param command the thread that Ctrl-C interrupts
    Keyboard(InputStream from, Thread command) {
        this.from = from;
        this.command = command;
    }

    /// Begins to listen, on a thread that ends with the input.
    Keyboard listen() {
        Thread.ofVirtual().name("keyboard").start(this::pump);
        return this;
    }

    /// Hands what is typed from now on to whoever reads, or back.
    synchronized void own(boolean reader) {
        owned = reader;
    }

    private void pump() {
        byte[] chunk = new byte[8192];
        try {
            for (int count = from.read(chunk); count >= 0; count = from.read(chunk)) {
                keep(chunk, count);
            }
            end(false);
        } catch (IOException | InterruptedException gone) {
            end(true);
        }
    }

    private synchronized void end(boolean early) {
        ended = true;
        lost = early;
        notifyAll();
    }

    private synchronized void keep(byte[] chunk, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            if (!owned && chunk[i] == INTERRUPT) {
                interruptOnce();
                continue;
            }
            while (length == KEPT) {
                if (!owned) {
                    length = 0;
                } else {
                    wait();
                }
            }
            typed[length++] = chunk[i];
        }
        notifyAll();
    }

    /// What cleans up after the first Ctrl-C is not to be disturbed by a second.
    private void interruptOnce() {
        if (!interrupted) {
            interrupted = true;
            command.interrupt();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public synchronized int read(byte[] target, int offset, int wanted) throws IOException {
        if (wanted == 0) {
            return 0;
        }
        owned = true;
        try {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted before reading");
            }
            while (length == 0 && !ended) {
                wait();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading");
        }
        if (length == 0) {
            if (lost) {
                throw new IOException("the client is gone");
            }
            return -1;
        }
        int count = Math.min(length, wanted);
        System.arraycopy(typed, 0, target, offset, count);
        byte[] rest = Arrays.copyOfRange(typed, count, length);
        System.arraycopy(rest, 0, typed, 0, rest.length);
        length -= count;
        notifyAll();
        return count;
    }

    @Override
    public synchronized int available() {
        return length;
    }
}
