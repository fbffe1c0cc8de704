package hokku.swarm.registry;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A few small files as a tar archive, in which form the engine takes them: root's.
final class SmallArchive {
    private static final int BLOCK = 512;
    private static final int LONGEST_NAME = 100;
    private static final int FOLDER_MODE = 0755;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /// @param path without a slash at its end
    SmallArchive folder(String path) {
        entry(path + "/", FOLDER_MODE, '5', new byte[0]);
        return this;
    }

    SmallArchive file(String path, int mode, String content) {
        entry(path, mode, '0', content.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    InputStream open() {
        bytes.writeBytes(new byte[2 * BLOCK]);
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    private void entry(String path, int mode, char type, byte[] content) {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length > LONGEST_NAME) {
            throw new IllegalArgumentException("too long a path for an archive: " + path);
        }
        byte[] header = new byte[BLOCK];
        System.arraycopy(name, 0, header, 0, name.length);
        put(header, 100, "%07o".formatted(mode));
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, "%011o".formatted(content.length));
        put(header, 136, "%011o".formatted(System.currentTimeMillis() / 1000));
        header[156] = (byte) type;
        put(header, 257, "ustar\0" + "00");
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        bytes.writeBytes(header);
        bytes.writeBytes(content);
        bytes.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] put = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(put, 0, header, at, put.length);
    }
}
