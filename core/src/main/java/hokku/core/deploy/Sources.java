package hokku.core.deploy;

import hokku.api.AppName;
import hokku.api.SourceTree;
import hokku.core.git.Repositories;
import hokku.core.state.Catalogue;
import java.io.IOException;
import java.util.Optional;

/// What was pushed, as it can be read outside a deploy.
final class Sources {
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

    /// The files of a branch, of the deploy branch where none is named.
    Optional<SourceTree> tree(AppName app, Optional<String> branch) {
        catalogue.get(app);
        Optional<String> wanted = branch.or(() -> deployBranch(app));
        try {
            return wanted.isPresent() ? repositories.branch(app, wanted.get()) : Optional.empty();
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }
}
