package hokku.core.docker;

import hokku.api.UserError;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Reads one file out of a tar archive, as the engine gives a file of a container.
final class FirstFile {
    private static final int BLOCK = 512;
    private static final int SIZE = 124;
    private static final int SIZE_LENGTH = 12;
    private static final int TYPE = 156;

    private FirstFile() {}

    /// @return empty when what comes first is no file
    /// @throws UserError when the file is larger than the limit
    static Optional<byte[]> in(InputStream archive, int limit) throws IOException {
        try (archive) {
            while (true) {
                byte[] header = archive.readNBytes(BLOCK);
                if (header.length < BLOCK || header[0] == 0) {
                    return Optional.empty();
                }
                // What needs more than its octal digits is written in binary, the first bit set.
                long size = header[SIZE] < 0 ? Long.MAX_VALUE
                        : Long.parseLong(new String(header, SIZE, SIZE_LENGTH, StandardCharsets.US_ASCII).replace('\0', ' ').strip(), 8);
                if (header[TYPE] == '0' || header[TYPE] == 0) {
                    if (size > limit) {
                        throw new UserError("A file of a container has more than the " + limit + " bytes that are read of one");
                    }
                    byte[] content = archive.readNBytes((int) size);
                    if (content.length < size) {
                        throw new EOFException("the archive ends within its first file");
                    }
                    return Optional.of(content);
                }
                if (header[TYPE] != 'x' && header[TYPE] != 'g') {
                    return Optional.empty();
                }
                archive.skipNBytes((size + BLOCK - 1) / BLOCK * BLOCK);
            }
        }
    }
}
