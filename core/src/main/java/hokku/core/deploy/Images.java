package hokku.core.deploy;

import hokku.api.App;
import hokku.api.Release;
import java.util.List;

/// The images that releases are made of.
interface Images {
    /// Gives an image the name under which the engine keeps it for a release.
    ///
    /// @return the name
    String keep(App app, int number, String image);

    /// Whether the engine still has the image of a release.
    boolean has(Release release);

    /// Removes the images of an app that none of the given releases needs, and that nothing runs.
    void sweep(App app, List<Release> needed);
}
