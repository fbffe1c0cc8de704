package hokku.core.git;

import hokku.api.AppName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;

/// Writes commits into an app's repository without a work tree.
public final class TestCommits {
    static final Instant TIME = Instant.ofEpochSecond(1_700_000_000L);

    private record File(String path, FileMode mode, byte[] content) {}

    private final Repositories repositories;
    private final AppName app;
    private final List<File> files = new ArrayList<>();

    public TestCommits(Repositories repositories, AppName app) {
        this.repositories = repositories;
        this.app = app;
    }

    public TestCommits file(String path, String content) {
        return file(path, FileMode.REGULAR_FILE, content.getBytes(StandardCharsets.UTF_8));
    }

    TestCommits file(String path, FileMode mode, byte[] content) {
        files.add(new File(path, mode, content));
        return this;
    }

    public String commit(String... parents) throws IOException {
        try (Repository repository = repositories.open(app); ObjectInserter inserter = repository.newObjectInserter()) {
            DirCache index = DirCache.newInCore();
            DirCacheBuilder builder = index.builder();
            for (File file : files) {
                DirCacheEntry entry = new DirCacheEntry(file.path());
                entry.setFileMode(file.mode());
                entry.setObjectId(file.mode() == FileMode.GITLINK ? ObjectId.fromString("1".repeat(40))
                        : inserter.insert(Constants.OBJ_BLOB, file.content()));
                builder.add(entry);
            }
            builder.finish();
            CommitBuilder commit = new CommitBuilder();
            commit.setTreeId(index.writeTree(inserter));
            PersonIdent somebody = new PersonIdent("A", "a@example.com", TIME, ZoneOffset.UTC);
            commit.setAuthor(somebody);
            commit.setCommitter(somebody);
            commit.setMessage("change " + files.size());
            for (String parent : parents) {
                commit.addParentId(ObjectId.fromString(parent));
            }
            ObjectId id = inserter.insert(commit);
            inserter.flush();
            return id.name();
        }
    }
}
