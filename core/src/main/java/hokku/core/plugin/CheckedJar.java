package hokku.core.plugin;

import hokku.api.UserError;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/// A jar that comes from somewhere: read to its end it is not too large, and what the user expected.
public final class CheckedJar extends FilterInputStream {
    static final long LARGEST = 256L << 20;

    private final MessageDigest digest;
    private final Optional<String> expected;
    private final long largest;
    private long size;

    /// @param sha256 the digest that the jar must have, in hexadecimal
    /// @throws UserError when that is none
    public CheckedJar(InputStream jar, Optional<String> sha256) {
        this(jar, sha256, LARGEST);
    }

    CheckedJar(InputStream jar, Optional<String> sha256, long largest) {
        super(jar);
        this.largest = largest;
        this.expected = sha256.map(CheckedJar::demandDigest);
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// @return the digest as this writes it
    /// @throws UserError when it is none
    public static String demandDigest(String text) {
        String digest = text.toLowerCase(Locale.ROOT);
        if (!digest.matches("[0-9a-f]{64}")) {
            throw UserError.usage("A SHA-256 digest has 64 hexadecimal digits, as sha256sum prints them");
        }
        return digest;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        int read = super.read(into, from, length);
        if (read > 0) {
            digest.update(into, from, read);
            size += read;
            if (size > largest) {
                throw new UserError("The plugin was not installed: it is larger than " + (largest >> 20) + " MiB, which no plugin should be");
            }
        } else if (read < 0) {
            demandExpected();
        }
        return read;
    }

    private void demandExpected() throws IOException {
        MessageDigest whole;
        try {
            whole = (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException impossible) {
            throw new IOException(impossible);
        }
        String found = HexFormat.of().formatHex(whole.digest());
        if (expected.isPresent() && !expected.get().equals(found)) {
            throw new UserError("The plugin was not installed: its SHA-256 digest is " + found + ", not " + expected.get());
        }
    }

    @Override
    public long skip(long count) {
        throw new UnsupportedOperationException("what is skipped is not checked");
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
