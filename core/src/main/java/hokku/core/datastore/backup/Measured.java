package hokku.core.datastore.backup;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Knows the length and the checksum of what went through it.
final class Measured extends FilterInputStream {
    private final MessageDigest digest = newDigest();
    private long size;

    Measured(InputStream in) {
        super(in);
    }

    static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = in.read(bytes, offset, length);
        if (count > 0) {
            digest.update(bytes, offset, count);
            size += count;
        }
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        return readNBytes((int) Math.min(count, 8192)).length;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    /// A stream for somebody who may close it before its end, after which what is left of it can still be read.
    static InputStream lent(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return in.read(bytes, offset, length);
            }

            @Override
            public void close() {
                // It is the lender's.
            }
        };
    }

    /// Reads what is left.
    ///
    /// @throws IOException when all of it together is something else than this
    void demand(long expectedSize, String expected) throws IOException {
        transferTo(OutputStream.nullOutputStream());
        String found = HexFormat.of().formatHex(digest.digest());
        if (size != expectedSize || !found.equals(expected)) {
            throw new IOException("it holds %d bytes with the checksum %s, but %d with %s were written".formatted(size, found, expectedSize, expected));
        }
    }

    /// The same for what is written.
    static final class Out extends OutputStream {
        private final OutputStream to;
        private final MessageDigest digest = newDigest();
        private long size;

        Out(OutputStream to) {
            this.to = to;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            to.write(bytes, offset, length);
            digest.update(bytes, offset, length);
            size += length;
        }

        @Override
        public void flush() throws IOException {
            to.flush();
        }

        long size() {
            return size;
        }

        /// Of everything that was written; to be asked once.
        String sha256() {
            return HexFormat.of().formatHex(digest.digest());
        }
    }
}
