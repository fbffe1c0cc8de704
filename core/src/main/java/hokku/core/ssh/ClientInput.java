package hokku.core.ssh;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.BooleanSupplier;

/// What a client sends. Its end is an end only when the client said so: the half of a file whose sender died is not a file.
final class ClientInput extends FilterInputStream {
    private final BooleanSupplier ended;

    /// @param ended whether the client has said that nothing more comes
    ClientInput(InputStream in, BooleanSupplier ended) {
        super(in);
        this.ended = ended;
    }

    @Override
    public int read() throws IOException {
        return checked(super.read());
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return checked(super.read(target, offset, length));
    }

    private int checked(int read) throws IOException {
        if (read < 0 && !ended.getAsBoolean()) {
            throw new IOException("the client is gone in the middle of its input");
        }
        return read;
    }
}
