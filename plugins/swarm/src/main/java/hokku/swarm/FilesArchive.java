package hokku.swarm;

import hokku.api.Env;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// Secret files as the archive in which an engine takes files of a container: root's, read by all, as the swarm makes them.
///
/// Folders are left out: the engine makes those that are missing, and leaves those of the image as they are.
final class FilesArchive {
    private static final int BLOCK = 512;
    private static final int CHECKSUM = 148;
    private static final int LONGEST_NAME = 100;
    private static final char FILE = '0';
    /// An entry whose content is the name of the next one.
    private static final char LONG_NAME = 'L';

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private FilesArchive() {}

    static InputStream of(Env files) {
        FilesArchive archive = new FilesArchive();
        files.asMap().forEach((key, value) -> archive.file(SecretFiles.FOLDER.substring(1) + key, value.getBytes(StandardCharsets.UTF_8)));
        archive.bytes.writeBytes(new byte[2 * BLOCK]);
        return new ByteArrayInputStream(archive.bytes.toByteArray());
    }

    private void file(String name, byte[] content) {
        if (name.length() >= LONGEST_NAME) {
            entry("././@LongLink", LONG_NAME, (name + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        entry(name.substring(0, Math.min(name.length(), LONGEST_NAME - 1)), FILE, content);
    }

    private void entry(String name, char type, byte[] content) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000444");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, "%011o".formatted(content.length));
        put(header, 136, "%011o".formatted(0));
        put(header, CHECKSUM, "        ");
        header[156] = (byte) type;
        put(header, 257, "ustar  ");
        int sum = 0;
        for (byte one : header) {
            sum += one & 0xff;
        }
        put(header, CHECKSUM, "%06o\0 ".formatted(sum));
        bytes.writeBytes(header);
        bytes.writeBytes(content);
        bytes.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(ascii, 0, header, at, ascii.length);
    }
}
