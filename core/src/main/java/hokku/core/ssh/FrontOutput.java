package hokku.core.ssh;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What goes back to a client, in order, written by a thread of its own: an interrupt of the one that the output comes from would
/// close the channel.
final class FrontOutput {
    private static final Logger LOG = LoggerFactory.getLogger(FrontOutput.class);
    private static final int LIMIT = 256 * 1024;
    private static final int LONGEST = 32 * 1024;
    private static final int HEADER = 5;

    private final SocketChannel channel;
    /// Guarded by this, as all that follows.
    private final Deque<ByteBuffer> frames = new ArrayDeque<>();
    private int waiting;
    private boolean ended;
    private boolean lost;

    FrontOutput(SocketChannel channel) {
        this.channel = channel;
    }

    /// The thread ends when all was sent, or nobody is there any more.
    Thread start() {
        return Thread.ofVirtual().name("front-output").start(this::write);
    }

    /// A stream whose bytes go out in frames of one type.
    OutputStream stream(char type) {
        return new Stream((byte) type);
    }

    /// Lets the client send so much more.
    void allow(int bytes) {
        add(text('C', String.valueOf(bytes)));
    }

    /// The last that is sent.
    void exit(int code) {
        add(text('X', String.valueOf(code)));
        synchronized (this) {
            ended = true;
            notifyAll();
        }
    }

    /// Nobody is there any more.
    synchronized void lost() {
        lost = true;
        notifyAll();
    }

    private static ByteBuffer text(char type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return frame((byte) type, bytes, 0, bytes.length);
    }

    private static ByteBuffer frame(byte type, byte[] bytes, int offset, int length) {
        return ByteBuffer.allocate(HEADER + length).put(type).putInt(length).put(bytes, offset, length).flip();
    }

    private synchronized void add(ByteBuffer frame) {
        frames.add(frame);
        waiting += frame.remaining();
        notifyAll();
    }

    /// A client that does not read makes its command wait.
    private synchronized void addWhenThereIsRoom(ByteBuffer frame) throws IOException {
        while (waiting > LIMIT && !lost) {
            try {
                wait();
            } catch (InterruptedException interrupted) {
                // Not used up: whoever takes this for a client who is gone is still cancelled.
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted while a client does not read").initCause(interrupted);
            }
        }
        if (lost) {
            throw new IOException("the client is gone");
        }
        add(frame);
    }

    private void write() {
        try {
            for (Optional<ByteBuffer> next = next(); next.isPresent(); next = next()) {
                ByteBuffer frame = next.get();
                while (frame.hasRemaining()) {
                    channel.write(frame);
                }
            }
            channel.shutdownOutput();
        } catch (IOException gone) {
            LOG.debug("client is gone", gone);
            lost();
        }
    }

    private synchronized Optional<ByteBuffer> next() throws IOException {
        while (frames.isEmpty() && !ended && !lost) {
            try {
                wait();
            } catch (InterruptedException impossible) {
                throw (IOException) new InterruptedIOException("nobody interrupts this thread").initCause(impossible);
            }
        }
        if (lost || frames.isEmpty()) {
            return Optional.empty();
        }
        ByteBuffer frame = frames.removeFirst();
        waiting -= frame.remaining();
        notifyAll();
        return Optional.of(frame);
    }

    private final class Stream extends OutputStream {
        private final byte type;

        Stream(byte type) {
            this.type = type;
        }

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] octets, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, octets.length);
            for (int at = 0; at < length; at += LONGEST) {
                addWhenThereIsRoom(frame(type, octets, offset + at, Math.min(LONGEST, length - at)));
            }
        }
    }
}
