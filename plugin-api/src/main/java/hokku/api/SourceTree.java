package hokku.api;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The files of a commit, mostly of the one that is being deployed, straight from the repository. Paths are relative, with `/`.
///
/// Immutable and safe for use by several threads; readable until the deploy ends, or for as long as the app is there.
public interface SourceTree {
    /// The largest file that [#read] gives.
    int MAX_READ = 8 << 20;

    /// What a path is.
    enum Kind { FILE, EXECUTABLE, SYMLINK, SUBMODULE }

    /// One path of the tree; folders have no entry of their own.
    record Entry(String path, Kind kind, long size) {}

    /// Every entry, in the order of the paths.
    List<Entry> entries() throws IOException;

    /// The content of a file; empty when there is none at the path. A symlink's content is its target.
    ///
    /// @throws UserError when the file is larger than [#MAX_READ]
    Optional<byte[]> read(String path) throws IOException;

    default Optional<String> readText(String path) throws IOException {
        return read(path).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /// Writes the entries that are wanted as a tar archive, each as it is reached: the whole never lies in memory.
    /// Does not close the stream.
    void writeTar(OutputStream to, Predicate<Entry> wanted) throws IOException;

    /// This tree with one file added or replaced.
    SourceTree with(String path, byte[] content, boolean executable);

    /// This tree with only what lies below a folder, which becomes the root.
    SourceTree below(String folder);
}
