package hokku.env;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Writes an archive of files that only their owner may read. The same files always make the same archive.
final class TarFile {
    private static final int BLOCK = 512;
    private static final int LONGEST_NAME = 100;
    private static final int CHECKSUM = 148;
    private static final byte FILE = '0';
    private static final byte ATTRIBUTES = 'x';

    private final OutputStream out;

    TarFile(OutputStream out) {
        this.out = out;
    }

    /// @param name of letters, digits and underscores
    void add(String name, byte[] content) throws IOException {
        if (name.length() > LONGEST_NAME) {
            write("attributes", attribute("path", name), ATTRIBUTES);
        }
        write(name.substring(0, Math.min(name.length(), LONGEST_NAME)), content, FILE);
    }

    void end() throws IOException {
        out.write(new byte[2 * BLOCK]);
        out.flush();
    }

    /// A line that begins with its own length, the digits of that included.
    private static byte[] attribute(String key, String value) {
        int rest = " ".length() + key.length() + "=".length() + value.length() + "\n".length();
        int length = rest;
        while (length != rest + String.valueOf(length).length()) {
            length = rest + String.valueOf(length).length();
        }
        return (length + " " + key + "=" + value + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    private void write(String name, byte[] content, byte type) throws IOException {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000600\0");
        put(header, 108, "0000000\0");
        put(header, 116, "0000000\0");
        put(header, 124, "%011o\0".formatted(content.length));
        put(header, 136, "00000000000\0");
        // The checksum counts itself as blanks.
        put(header, CHECKSUM, "        ");
        header[156] = type;
        put(header, 257, "ustar\0" + "00");
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        put(header, CHECKSUM, "%06o\0 ".formatted(sum));
        out.write(header);
        out.write(content);
        out.write(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
