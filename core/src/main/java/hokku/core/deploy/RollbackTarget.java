package hokku.core.deploy;

import hokku.api.App;
import hokku.api.Release;
import hokku.api.UserError;
import hokku.core.state.Catalogue;
import hokku.core.state.ReleaseJournal.Marker;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// The release that an app goes back to.
final class RollbackTarget {
    private final Catalogue catalogue;
    private final Images images;

    RollbackTarget(Catalogue catalogue, Images images) {
        this.catalogue = catalogue;
        this.images = images;
    }

    /// @param number empty for the one before the live one
    /// @throws UserError when there is none, or its image is gone
    Release of(App app, Optional<Integer> number) throws IOException {
        int live = LiveApps.deployed(app).number();
        List<Integer> wereLive = catalogue.journal(app.name()).markers().stream().map(Marker::release).distinct().toList();
        int wanted = number.orElseGet(() -> wereLive.stream().filter(each -> each < live && each > 0).max(Integer::compare).orElseThrow(
                () -> new UserError("There is no release before " + live + " to go back to. See releases:list " + app.name())));
        if (!wereLive.contains(wanted)) {
            throw new UserError("Release " + wanted + " of " + app.name() + " was never live. See releases:list " + app.name());
        }
        Release target = catalogue.journal(app.name()).release(wanted).orElseThrow(() -> new UserError("Release " + wanted + " of "
                + app.name() + " does not exist. See releases:list " + app.name()));
        if (!images.has(target)) {
            throw new UserError("The image of release " + wanted + " of " + app.name() + " was removed: the last "
                    + app.value(CoreSettings.KEPT_RELEASES).orElseThrow() + " stay, releases:set " + app.name()
                    + " keep <number> changes that\nTo deploy its code again: git push --force <remote> " + target.commit()
                    + ":<deploy branch>");
        }
        return target;
    }
}
