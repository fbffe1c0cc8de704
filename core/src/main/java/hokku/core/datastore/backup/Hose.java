package hokku.core.datastore.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// What one thread writes is read by another, a little at a time. A reader that has seen enough does not hold up the writer, and an
/// interrupt of the one is none of the other.
final class Hose {
    private static final int CHUNKS = 16;
    private static final byte[] END = new byte[0];
    private static final long GLANCE_MILLIS = 50;

    private final BlockingQueue<byte[]> chunks = new ArrayBlockingQueue<>(CHUNKS);
    private volatile boolean released;
    private volatile boolean broken;

    /// Of the writer.
    void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > 0) {
            push(Arrays.copyOfRange(bytes, offset, offset + length));
        }
    }

    private void push(byte[] chunk) throws IOException {
        try {
            while (!released && !chunks.offer(chunk, GLANCE_MILLIS, TimeUnit.MILLISECONDS)) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedException("interrupted while writing");
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while writing");
        }
    }

    /// Of the writer: that was all.
    void end() throws IOException {
        push(END);
    }

    /// Of the writer: there will not be more, though it was not all.
    void breakOff() {
        broken = true;
        chunks.clear();
        chunks.offer(END);
    }

    /// Of the reader: whatever comes is not read any more.
    void release() {
        released = true;
        chunks.clear();
    }

    OutputStream in() {
        return new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                Hose.this.write(bytes, offset, length);
            }
        };
    }

    InputStream out() {
        return new InputStream() {
            private byte[] chunk = END;
            private int at;
            private boolean ended;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                if (at == chunk.length && !ended) {
                    next();
                }
                if (broken) {
                    throw new IOException("the dump broke off");
                }
                if (ended) {
                    return -1;
                }
                int count = Math.min(length, chunk.length - at);
                System.arraycopy(chunk, at, bytes, offset, count);
                at += count;
                return count;
            }

            private void next() throws IOException {
                try {
                    chunk = chunks.take();
                    at = 0;
                    ended = chunk.length == 0;
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("interrupted while reading");
                }
            }
        };
    }
}
