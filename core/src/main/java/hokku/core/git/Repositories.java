package hokku.core.git;

import hokku.api.AppName;
import hokku.api.SourceTree;
import hokku.api.UserError;
import hokku.core.state.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.errors.AmbiguousObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.RevisionSyntaxException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.file.GC;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.storage.file.WindowCacheConfig;

/// The git repositories of the apps. Safe for use by several threads.
public final class Repositories {
    /// The id that stands for no commit: of a branch that is not there yet, or is to be gone.
    public static final String NO_COMMIT = ObjectId.zeroId().name();

    /// How long objects that no branch reaches are kept: longer than any build, since a push is unreachable until it is live.
    private static final Duration KEPT_UNREACHABLE = Duration.ofDays(14);
    /// Files above this size are streamed instead of being held in memory.
    private static final int STREAMED_FROM = 20 << 20;

    private final Home home;

    public Repositories(Home home) {
        this.home = home;
        QuietSystemReader.install();
        WindowCacheConfig cache = new WindowCacheConfig();
        cache.setStreamFileThreshold(STREAMED_FROM);
        cache.install();
    }

    /// Makes the repository of an app, unless it is there.
    public synchronized void create(AppName app) throws IOException {
        if (exists(app)) {
            return;
        }
        Path fresh = fresh(app);
        try (Repository repository = at(fresh)) {
            repository.create(true);
        }
        Files.move(fresh, home.repository(app), StandardCopyOption.ATOMIC_MOVE);
    }

    public boolean exists(AppName app) {
        return Files.exists(home.repository(app).resolve(Constants.HEAD));
    }

    public void delete(AppName app) throws IOException {
        Folders.delete(home.repository(app));
    }

    /// Copies an app's repository, if it has one, to where none is yet.
    ///
    /// @param to the folder of an app that is in the making
    public void copy(AppName from, Path to) throws IOException {
        Path source = home.repository(from);
        if (exists(from)) {
            Path copy = to.resolve(source.getFileName());
            // References first: what they need is there before them, and stays, so the objects copied afterwards are complete.
            Folders.copy(source, copy, "objects", false);
            Folders.copy(source, copy, "objects", true);
        }
    }

    /// Packs the repository and removes what nothing has reached for two weeks. To be called under the app's lock.
    public void gc(AppName app) throws IOException {
        try (FileRepository repository = open(app)) {
            GC gc = new GC(repository);
            gc.setExpireAgeMillis(KEPT_UNREACHABLE.toMillis());
            gc.setPackExpireAgeMillis(KEPT_UNREACHABLE.toMillis());
            gc.gc().join();
        } catch (ParseException | GitAPIException failure) {
            throw new IOException("The repository of " + app + " cannot be packed: " + failure.getMessage(), failure);
        }
    }

    /// The files of a commit.
    ///
    /// @throws UserError when the repository has no such commit
    public SourceTree tree(AppName app, String commit) throws IOException {
        String id = resolve(app, commit)
                .orElseThrow(() -> new UserError("The repository of " + app + " has no commit " + commit + ". Push it again"));
        return new GitSourceTree(new CommitFiles(() -> open(app), ObjectId.fromString(id)));
    }

    /// The files of a branch; empty where there is none of that name.
    public Optional<SourceTree> branch(AppName app, String branch) throws IOException {
        String ref = Branches.ref(branch);
        Optional<String> tip = exists(app) && Repository.isValidRefName(ref) ? tip(app, ref) : Optional.empty();
        return tip.isPresent() ? Optional.of(tree(app, tip.get())) : Optional.empty();
    }

    /// The id of the commit that a branch, a tag or the beginning of an id stands for.
    public Optional<String> resolve(AppName app, String revision) throws IOException {
        try (Repository repository = open(app); RevWalk walk = new RevWalk(repository)) {
            ObjectId id = repository.resolve(revision + "^{commit}");
            return id == null ? Optional.empty() : Optional.of(walk.parseCommit(id).name());
        } catch (AmbiguousObjectException | RevisionSyntaxException | MissingObjectException
                | IncorrectObjectTypeException none) {
            return Optional.empty();
        }
    }

    /// The commit that a reference points to, by its full name.
    public Optional<String> tip(AppName app, String ref) throws IOException {
        try (Repository repository = open(app)) {
            return Optional.ofNullable(repository.exactRef(ref)).map(Ref::getObjectId).map(ObjectId::name);
        }
    }

    /// Whether a reference points to a commit. Its file mostly tells; to open the repository costs a hundred times as much.
    public boolean isAt(AppName app, String ref, String commit) throws IOException {
        Path repository = home.repository(app);
        Path loose = repository.resolve(ref);
        Path packed = repository.resolve(Constants.PACKED_REFS);
        boolean told = Files.isRegularFile(loose) ? Files.readString(loose).strip().equals(commit)
                : Files.isRegularFile(packed) && Files.readAllLines(packed).contains(commit + " " + ref);
        return told || tip(app, ref).equals(Optional.of(commit));
    }

    /// The full name of the branch that was deployed, `refs/heads/master`; empty before the first deploy.
    public Optional<String> deployRef(AppName app) throws IOException {
        if (!exists(app)) {
            return Optional.empty();
        }
        try (Repository repository = open(app)) {
            Ref head = repository.exactRef(Constants.HEAD);
            if (head != null && head.getObjectId() != null) {
                return Optional.of(head.getTarget().getName());
            }
            return Optional.empty();
        }
    }

    /// Moves a branch that is deployed, if it still points to the expected commit. The first one becomes the one that is cloned.
    ///
    /// @param expected forty zeros when the branch is not there yet
    /// @return whether it points to the commit now
    public boolean moveRef(AppName app, String ref, String expected, String commit) throws IOException {
        try (Repository repository = open(app)) {
            if (!set(repository, ref, expected, commit)) {
                return false;
            }
            Ref head = repository.exactRef(Constants.HEAD);
            if (head == null || head.getObjectId() == null) {
                RefUpdate link = repository.updateRef(Constants.HEAD);
                link.disableRefLog();
                link.link(ref);
            }
            return true;
        }
    }

    /// Removes the locks of references that a crash left, which would keep them from being moved for ever. To be called while
    /// nobody uses the repository, as at the start of the server.
    public void unlock(AppName app) throws IOException {
        Path repository = home.repository(app);
        for (String place : List.of("HEAD.lock", "packed-refs.lock")) {
            Files.deleteIfExists(repository.resolve(place));
        }
        Path references = repository.resolve("refs");
        if (Files.exists(references)) {
            try (var found = Files.walk(references)) {
                for (Path lock : found.filter(path -> path.getFileName().toString().endsWith(".lock")).toList()) {
                    Files.delete(lock);
                }
            }
        }
    }

    /// Stores a branch or tag that is not deployed.
    boolean store(AppName app, String ref, String expected, String object) throws IOException {
        try (Repository repository = open(app)) {
            return set(repository, ref, expected, object);
        }
    }

    boolean remove(AppName app, String ref) throws IOException {
        try (Repository repository = open(app)) {
            RefUpdate update = repository.updateRef(ref);
            update.setForceUpdate(true);
            return switch (update.delete()) {
                case FORCED, FAST_FORWARD, NEW, NO_CHANGE -> true;
                default -> false;
            };
        }
    }

    /// Whether one commit is the other, or comes after it.
    boolean follows(AppName app, String later, String earlier) throws IOException {
        try (Repository repository = open(app); RevWalk walk = new RevWalk(repository)) {
            RevCommit base = walk.parseCommit(ObjectId.fromString(earlier));
            return walk.isMergedInto(base, walk.parseCommit(ObjectId.fromString(later)));
        }
    }

    FileRepository open(AppName app) throws IOException {
        if (!exists(app)) {
            throw new UserError("The app " + app + " has no repository. Push to it to make one");
        }
        return at(home.repository(app));
    }

    private static boolean set(Repository repository, String ref, String expected, String object) throws IOException {
        RefUpdate update = repository.updateRef(ref);
        update.disableRefLog();
        update.setExpectedOldObjectId(ObjectId.fromString(expected));
        update.setNewObjectId(ObjectId.fromString(object));
        update.setForceUpdate(true);
        RefUpdate.Result result = update.update();
        return switch (result) {
            case NEW, FORCED, FAST_FORWARD, NO_CHANGE -> true;
            // another one was faster, or it is where it should be already
            case LOCK_FAILURE -> Optional.ofNullable(repository.exactRef(ref)).map(Ref::getObjectId)
                    .filter(ObjectId.fromString(object)::equals).isPresent();
            default -> throw new IOException(ref + " cannot be moved: " + result);
        };
    }

    private static FileRepository at(Path folder) throws IOException {
        return new FileRepository(new FileRepositoryBuilder().setBare().setGitDir(folder.toFile()).setMustExist(false).setup());
    }

    /// A place beside the repository, so that the repository appears whole or not at all.
    private Path fresh(AppName app) throws IOException {
        Path folder = home.app(app).resolve("repo.git.new");
        Home.createPrivate(home.app(app));
        Folders.delete(folder);
        return folder;
    }
}
