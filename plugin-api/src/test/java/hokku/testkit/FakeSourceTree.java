package hokku.testkit;

import hokku.api.SourceTree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Files in memory, as what was pushed. Paths of up to 100 characters of ASCII.
public final class FakeSourceTree implements SourceTree {
    public static final FakeSourceTree EMPTY = new FakeSourceTree(new TreeMap<>());

    private static final int BLOCK = 512;
    private static final int LONGEST_PATH = 100;

    private record File(byte[] content, boolean executable) {}

    private final TreeMap<String, File> files;

    private FakeSourceTree(TreeMap<String, File> files) {
        this.files = files;
    }

    public FakeSourceTree with(String path, String content) {
        return with(path, content.getBytes(StandardCharsets.UTF_8), false);
    }

    @Override
    public FakeSourceTree with(String path, byte[] content, boolean executable) {
        if (path.length() > LONGEST_PATH || !StandardCharsets.US_ASCII.newEncoder().canEncode(path)) {
            throw new IllegalArgumentException("this tree holds no such path: " + path);
        }
        TreeMap<String, File> copy = new TreeMap<>(files);
        copy.put(path, new File(content.clone(), executable));
        return new FakeSourceTree(copy);
    }

    @Override
    public FakeSourceTree below(String folder) {
        TreeMap<String, File> below = new TreeMap<>();
        files.forEach((path, file) -> {
            if (path.startsWith(folder + "/")) {
                below.put(path.substring(folder.length() + 1), file);
            }
        });
        return new FakeSourceTree(below);
    }

    @Override
    public List<Entry> entries() {
        return files.entrySet().stream().map(file -> new Entry(file.getKey(),
                file.getValue().executable() ? Kind.EXECUTABLE : Kind.FILE, file.getValue().content().length)).toList();
    }

    @Override
    public Optional<byte[]> read(String path) {
        return Optional.ofNullable(files.get(path)).map(file -> file.content().clone());
    }

    @Override
    public void writeTar(OutputStream to, Predicate<Entry> wanted) throws IOException {
        Set<String> folders = new HashSet<>();
        for (Entry entry : entries()) {
            if (wanted.test(entry)) {
                for (int end = entry.path().indexOf('/'); end > 0; end = entry.path().indexOf('/', end + 1)) {
                    String folder = entry.path().substring(0, end + 1);
                    if (folders.add(folder)) {
                        to.write(header(folder, true, 0, '5'));
                    }
                }
                to.write(header(entry.path(), entry.kind() == Kind.EXECUTABLE, entry.size(), '0'));
                to.write(files.get(entry.path()).content());
                to.write(new byte[(int) ((BLOCK - entry.size() % BLOCK) % BLOCK)]);
            }
        }
        to.write(new byte[2 * BLOCK]);
        to.flush();
    }

    /// The header of a file or folder in a `ustar` archive.
    private static byte[] header(String path, boolean executable, long size, char type) {
        byte[] header = new byte[BLOCK];
        put(header, 0, path);
        put(header, 100, executable ? "0000755" : "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, "%011o".formatted(size));
        put(header, 136, "%011o".formatted(1_700_000_000L));
        put(header, 148, "        ");
        header[156] = (byte) type;
        put(header, 257, "ustar");
        put(header, 263, "00");
        int sum = 0;
        for (byte value : header) {
            sum += value & 0xff;
        }
        put(header, 148, "%06o".formatted(sum) + "\0 ");
        return header;
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }
}
