package hokku.core.git;

import hokku.api.SourceTree;
import hokku.api.SourceTree.Entry;
import hokku.api.SourceTree.Kind;
import hokku.api.UserError;
import hokku.core.git.CommitFiles.Node;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// What a commit must be to be deployed: complete, since a build sees nothing but its files.
final class SourceRules {
    private static final byte[] LFS_POINTER = "version https://git-lfs.github.com/spec/".getBytes(StandardCharsets.US_ASCII);
    /// The format of pointers demands that they are smaller.
    private static final int LARGEST_POINTER = 1024;

    private SourceRules() {}

    /// @throws UserError when the commit's files are not all there
    static void check(SourceTree tree, CommitFiles files) throws IOException {
        List<Entry> entries = tree.entries();
        if (entries.isEmpty()) {
            throw new UserError("The commit holds no files, so there is nothing to deploy.\n"
                    + "Add some (git add), commit and push again");
        }
        for (Entry entry : entries) {
            if (entry.kind() == Kind.SUBMODULE) {
                throw new UserError(("%1$s is a submodule, and its files do not come along with a push.\n"
                        + "Make them part of the repository: git rm --cached %1$s && rm -rf %1$s/.git && git add %1$s\n"
                        + "Then commit and push again").formatted(entry.path()));
            }
        }
        checkPointers(files);
    }

    private static void checkPointers(CommitFiles files) throws IOException {
        try (CommitFiles.Contents contents = files.contents()) {
            for (Map.Entry<String, Node> file : files.nodes().entrySet()) {
                Node node = file.getValue();
                boolean small = node.size() > LFS_POINTER.length && node.size() < LARGEST_POINTER;
                if (small && node.kind() != Kind.SYMLINK && isPointer(contents, node)) {
                    throw new UserError(("%1$s is kept in Git LFS: the repository holds a pointer instead of its content.\n"
                            + "Put the files themselves into the repository: "
                            + "git lfs migrate export --include=\"%1$s\" --everything\n"
                            + "Then push again, with --force").formatted(file.getKey()));
                }
            }
        }
    }

    private static boolean isPointer(CommitFiles.Contents contents, Node node) throws IOException {
        try (InputStream content = contents.open(node)) {
            return Arrays.equals(content.readNBytes(LFS_POINTER.length), LFS_POINTER);
        }
    }
}
