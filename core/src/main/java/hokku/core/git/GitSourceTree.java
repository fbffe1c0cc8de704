package hokku.core.git;

import hokku.api.SourceTree;
import hokku.api.UserError;
import hokku.core.git.CommitFiles.Node;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/// A commit's files, with what was put over them, straight from the object database.
final class GitSourceTree implements SourceTree {
    private static final int FILE_MODE = 0100644;
    private static final int EXECUTABLE_MODE = 0100755;
    private static final int FOLDER_MODE = 040755;

    /// A file that is not the commit's.
    private record Overlay(byte[] content, boolean executable) {}

    private final CommitFiles files;
    /// The folder that is the root, with a slash at its end; empty for the commit's own.
    private final String root;
    /// By the paths that they have in the commit.
    private final Map<String, Overlay> overlays;

    GitSourceTree(CommitFiles files) {
        this(files, "", Map.of());
    }

    private GitSourceTree(CommitFiles files, String root, Map<String, Overlay> overlays) {
        this.files = files;
        this.root = root;
        this.overlays = overlays;
    }

    @Override
    public List<Entry> entries() throws IOException {
        TreeMap<String, Entry> found = new TreeMap<>();
        for (Map.Entry<String, Node> file : below(files.nodes()).entrySet()) {
            String path = file.getKey().substring(root.length());
            found.put(path, new Entry(path, file.getValue().kind(), file.getValue().size()));
        }
        overlays.forEach((full, overlay) -> {
            if (full.startsWith(root)) {
                String path = full.substring(root.length());
                found.put(path, new Entry(path, overlay.executable() ? Kind.EXECUTABLE : Kind.FILE, overlay.content().length));
            }
        });
        return List.copyOf(found.values());
    }

    @Override
    public Optional<byte[]> read(String path) throws IOException {
        String full = root + normalized(path);
        Overlay overlay = overlays.get(full);
        if (overlay != null) {
            return Optional.of(overlay.content().clone());
        }
        Node node = files.nodes().get(full);
        if (node == null || node.kind() == Kind.SUBMODULE) {
            return Optional.empty();
        }
        if (node.size() > MAX_READ) {
            throw new UserError("%s has %d bytes: at most %d can be read of such a file. Make it smaller, then push again"
                    .formatted(path, node.size(), MAX_READ));
        }
        try (CommitFiles.Contents contents = files.contents(); InputStream content = contents.open(node)) {
            return Optional.of(content.readAllBytes());
        }
    }

    @Override
    public void writeTar(OutputStream to, Predicate<Entry> wanted) throws IOException {
        TarArchiveOutputStream tar = new TarArchiveOutputStream(to, StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
        Instant time = files.time();
        Set<String> folders = new HashSet<>();
        try (CommitFiles.Contents contents = files.contents()) {
            for (Entry entry : entries()) {
                if (entry.kind() == Kind.SUBMODULE || !wanted.test(entry)) {
                    continue;
                }
                for (String folder : foldersAbove(entry.path())) {
                    if (folders.add(folder)) {
                        put(tar, new TarArchiveEntry(folder, TarConstants.LF_DIR), FOLDER_MODE, time);
                        tar.closeArchiveEntry();
                    }
                }
                try (InputStream content = open(entry, contents)) {
                    write(tar, entry, content, time);
                }
            }
        }
        tar.finish();
        tar.flush();
    }

    @Override
    public SourceTree with(String path, byte[] content, boolean executable) {
        Map<String, Overlay> changed = new TreeMap<>(overlays);
        changed.put(root + normalized(path), new Overlay(content.clone(), executable));
        return new GitSourceTree(files, root, changed);
    }

    @Override
    public SourceTree below(String folder) {
        String path = normalized(folder);
        return path.isEmpty() ? this : new GitSourceTree(files, root + path + "/", overlays);
    }

    private Map<String, Node> below(SortedMap<String, Node> all) {
        // '0' is the character after '/', so this is everything that begins with the root
        return root.isEmpty() ? all : all.subMap(root, root.substring(0, root.length() - 1) + '0');
    }

    private InputStream open(Entry entry, CommitFiles.Contents contents) throws IOException {
        String full = root + entry.path();
        Overlay overlay = overlays.get(full);
        return overlay != null ? new ByteArrayInputStream(overlay.content()) : contents.open(files.nodes().get(full));
    }

    private static void write(TarArchiveOutputStream tar, Entry entry, InputStream content, Instant time) throws IOException {
        if (entry.kind() == Kind.SYMLINK) {
            TarArchiveEntry link = new TarArchiveEntry(entry.path(), TarConstants.LF_SYMLINK);
            link.setLinkName(new String(content.readAllBytes(), StandardCharsets.UTF_8));
            put(tar, link, 0120777, time);
        } else {
            TarArchiveEntry file = new TarArchiveEntry(entry.path());
            file.setSize(entry.size());
            put(tar, file, entry.kind() == Kind.EXECUTABLE ? EXECUTABLE_MODE : FILE_MODE, time);
            content.transferTo(tar);
        }
        tar.closeArchiveEntry();
    }

    private static void put(TarArchiveOutputStream tar, TarArchiveEntry entry, int mode, Instant time) throws IOException {
        entry.setMode(mode);
        entry.setIds(0, 0);
        entry.setLastModifiedTime(FileTime.from(time));
        tar.putArchiveEntry(entry);
    }

    private static List<String> foldersAbove(String path) {
        List<String> folders = new ArrayList<>();
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            folders.add(path.substring(0, slash + 1));
        }
        return folders;
    }

    private static String normalized(String path) {
        List<String> words = new ArrayList<>();
        for (String word : path.split("/")) {
            if (word.equals("..")) {
                throw new UserError("The path " + path + " leads out of the repository");
            }
            if (!word.isEmpty() && !word.equals(".")) {
                words.add(word);
            }
        }
        return String.join("/", words);
    }
}
