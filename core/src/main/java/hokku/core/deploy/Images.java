package hokku.core.deploy;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Release;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// The images that releases are made of.
interface Images {
    /// Gives an image the name under which the engine keeps it for a release.
    ///
    /// @return the name
    String keep(App app, int number, String image);

    /// Whether the engine still has the image of a release.
    boolean has(Release release);

    /// Removes the images of an app that none of the given releases needs, and that nothing runs.
    ///
    /// @return their names
    List<String> sweep(App app, List<Release> needed);

    /// The names of all images of this server, by the app that each is named after.
    Map<AppName, List<String>> owned();

    /// Removes images by their names, unless something runs them.
    ///
    /// @return the names of those that are gone
    List<String> remove(Collection<String> names);
}
