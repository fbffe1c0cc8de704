package hokku.core.docker;

import hokku.api.Attachment;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Joins a raw connection with the streams of an attachment, until the process has closed its output.
final class AttachedStreams {
    private static final Logger LOG = LoggerFactory.getLogger(AttachedStreams.class);
    private static final int BUFFER = 64 * 1024;
    private static final int HEADER = 8;
    private static final int ERROR_STREAM = 2;

    private final EngineConnection connection;
    private final Attachment attachment;

    AttachedStreams(EngineConnection connection, Attachment attachment) {
        this.connection = connection;
        this.attachment = attachment;
    }

    /// Returns at the end of the output. What is left of the input is not read then.
    void join() throws IOException {
        Thread input = Thread.ofVirtual().name("engine-input").start(this::passInput);
        try {
            if (attachment.terminal().isPresent()) {
                passRaw();
            } else {
                passFrames();
            }
        } finally {
            input.interrupt();
        }
    }

    private void passInput() {
        byte[] bytes = new byte[BUFFER];
        try {
            try {
                InputStream in = attachment.in();
                for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                    connection.write(ByteBuffer.wrap(bytes, 0, count));
                }
            } finally {
                connection.endInput();
            }
        } catch (IOException e) {
            // A process may end, or a client go, before all input was read: whoever reads the output notices that.
            LOG.debug("The input of a container ended early", e);
        }
    }

    private void passRaw() throws IOException {
        byte[] bytes = new byte[BUFFER];
        for (int count = connection.read(bytes); count >= 0; count = connection.read(bytes)) {
            pass(attachment.out(), bytes, count);
        }
    }

    /// Without a terminal the engine sends frames: a byte for the stream, three empty ones, four for the length.
    private void passFrames() throws IOException {
        byte[] header = new byte[HEADER];
        byte[] bytes = new byte[BUFFER];
        while (connection.readFully(header, HEADER)) {
            int left = ByteBuffer.wrap(header).getInt(4);
            OutputStream to = header[0] == ERROR_STREAM ? attachment.err() : attachment.out();
            while (left > 0) {
                int count = Math.min(left, bytes.length);
                if (!connection.readFully(bytes, count)) {
                    return;
                }
                pass(to, bytes, count);
                left -= count;
            }
        }
    }

    private static void pass(OutputStream to, byte[] bytes, int count) throws IOException {
        try {
            to.write(bytes, 0, count);
            to.flush();
        } catch (IOException | RuntimeException e) {
            throw new ClientGone(e);
        }
    }

    /// The attachment's own streams do not take any more.
    static final class ClientGone extends IOException {
        private static final long serialVersionUID = 1L;

        ClientGone(Exception cause) {
            super(cause);
        }
    }
}
