package hokku.core.ssh;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/// What a command writes to its client. An interrupt that comes during a write is not used up by it: whoever takes the failure for
/// that of a client who is gone is still cancelled.
final class ClientOutput extends FilterOutputStream {
    ClientOutput(OutputStream out) {
        super(out);
    }

    private interface Writing {
        void run() throws IOException;
    }

    @Override
    public void write(int octet) throws IOException {
        keepingInterrupts(() -> out.write(octet));
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
        keepingInterrupts(() -> out.write(octets, offset, length));
    }

    @Override
    public void flush() throws IOException {
        keepingInterrupts(out::flush);
    }

    private static void keepingInterrupts(Writing writing) throws IOException {
        try {
            writing.run();
        } catch (InterruptedIOException interrupted) {
            Thread.currentThread().interrupt();
            throw interrupted;
        }
    }
}
