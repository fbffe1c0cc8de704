package hokku.core.deploy;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.SourceTree;
import hokku.api.UserError;
import hokku.core.git.Repositories;
import hokku.core.state.Catalogue;
import java.io.IOException;
import java.util.Optional;

/// What is built of what was pushed, in a deploy or outside one.
final class Sources {
    private static final String PROCFILE = "Procfile";

    private final Catalogue catalogue;
    private final Repositories repositories;

    Sources(Catalogue catalogue, Repositories repositories) {
        this.catalogue = catalogue;
        this.repositories = repositories;
    }

    /// The branch that is deployed: the one that was chosen, else the one that was deployed last.
    Optional<String> deployBranch(AppName app) {
        Optional<String> set = catalogue.get(app).value(CoreSettings.DEPLOY_BRANCH);
        if (set.isPresent()) {
            return set;
        }
        try {
            return catalogue.journal(app).markers().reversed().stream().flatMap(marker -> marker.ref().stream()).findFirst()
                    .map(move -> move.ref().substring("refs/heads/".length()));
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    /// What is built of a commit, and what files are captured of: one and the same, even if the setting changes while it is built.
    static SourceTree root(App app, SourceTree commit) throws IOException {
        String folder = app.value(CoreSettings.BUILD_DIR).orElseThrow();
        if (folder.equals(CoreSettings.WHOLE_REPOSITORY)) {
            return commit;
        }
        SourceTree root = commit.below(folder);
        if (root.entries().isEmpty()) {
            throw new UserError(("The commit has no folder %1$s, and build-dir says that this is what is built.\n"
                    + "Commit it, or name another one: builder:set %2$s build-dir <folder>, with . for the whole repository. Then push again")
                    .formatted(folder, app.name()));
        }
        return root;
    }

    /// Those files as a builder expects them: the Procfile under its own name, wherever the app has it.
    static SourceTree toBuild(App app, SourceTree root) throws IOException {
        String procfile = app.value(CoreSettings.PROCFILE_PATH).orElseThrow();
        Optional<byte[]> content = procfile.equals(PROCFILE) ? Optional.empty() : root.read(procfile);
        return content.isPresent() ? root.with(PROCFILE, content.get(), false) : root;
    }

    /// What would be built of a branch, of the deploy branch where none is named.
    Optional<SourceTree> tree(AppName name, Optional<String> branch) {
        App app = catalogue.get(name);
        Optional<String> wanted = branch.or(() -> deployBranch(name));
        try {
            Optional<SourceTree> commit = wanted.isPresent() ? repositories.branch(name, wanted.get()) : Optional.empty();
            return commit.isPresent() ? Optional.of(toBuild(app, root(app, commit.get()))) : Optional.empty();
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }
}
