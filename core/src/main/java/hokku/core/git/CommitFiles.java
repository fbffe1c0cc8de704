package hokku.core.git;

import hokku.api.SourceTree.Kind;
import hokku.api.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;

/// The files of one commit in the object database. Listed once, at the first question. Safe for use by several threads.
final class CommitFiles {
    /// Opens the repository anew, so that nothing has to be kept open for as long as a tree is of use.
    interface Opener {
        Repository open() throws IOException;
    }

    /// A path of the commit.
    record Node(Kind kind, long size, ObjectId id) {}

    /// Reads contents while it is open.
    interface Contents extends AutoCloseable {
        InputStream open(Node node) throws IOException;

        @Override
        void close();
    }

    private record Listing(SortedMap<String, Node> nodes, Instant time) {}

    private final Opener opener;
    private final ObjectId commit;
    /// Guarded by this.
    private Listing listing;

    CommitFiles(Opener opener, ObjectId commit) {
        this.opener = opener;
        this.commit = commit;
    }

    /// Every path with what is there, in the order of the paths.
    SortedMap<String, Node> nodes() throws IOException {
        return listing().nodes();
    }

    /// When the commit was made.
    Instant time() throws IOException {
        return listing().time();
    }

    Contents contents() throws IOException {
        Repository repository = opener.open();
        ObjectReader reader = repository.newObjectReader();
        return new Contents() {
            @Override
            public InputStream open(Node node) throws IOException {
                return reader.open(node.id(), Constants.OBJ_BLOB).openStream();
            }

            @Override
            public void close() {
                reader.close();
                repository.close();
            }
        };
    }

    private synchronized Listing listing() throws IOException {
        if (listing == null) {
            listing = list();
        }
        return listing;
    }

    private Listing list() throws IOException {
        TreeMap<String, Node> nodes = new TreeMap<>();
        try (Repository repository = opener.open(); ObjectReader reader = repository.newObjectReader();
                RevWalk commits = new RevWalk(reader); TreeWalk walk = new TreeWalk(reader)) {
            RevCommit parsed = commits.parseCommit(commit);
            walk.addTree(parsed.getTree());
            while (walk.next()) {
                refuseUnsafe(walk.getNameString(), walk.getPathString());
                if (walk.isSubtree()) {
                    walk.enterSubtree();
                } else {
                    nodes.put(walk.getPathString(), node(walk.getFileMode(), walk.getObjectId(0), reader));
                }
            }
            return new Listing(Collections.unmodifiableSortedMap(nodes), Instant.ofEpochSecond(parsed.getCommitTime()));
        }
    }

    private static Node node(FileMode mode, ObjectId id, ObjectReader reader) throws IOException {
        if (mode == FileMode.GITLINK) {
            return new Node(Kind.SUBMODULE, 0, id);
        }
        Kind kind = mode == FileMode.SYMLINK ? Kind.SYMLINK : mode == FileMode.EXECUTABLE_FILE ? Kind.EXECUTABLE : Kind.FILE;
        return new Node(kind, reader.getObjectSize(id, Constants.OBJ_BLOB), id);
    }

    /// A tree that was made by hand can hold names that no file may have: they would lead out of the folder it is unpacked in.
    private static void refuseUnsafe(String name, String path) {
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.equalsIgnoreCase(".git") || name.indexOf('/') >= 0
                || name.indexOf('\0') >= 0) {
            throw new UserError("The commit holds a path that is no file's: " + path.replaceAll("\\p{Cntrl}", "?")
                    + ". Remove it from the repository, then push again");
        }
    }
}
