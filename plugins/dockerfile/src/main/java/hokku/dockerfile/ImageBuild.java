package hokku.dockerfile;

import hokku.api.Output;
import java.io.IOException;

/// A way to make an image by a Dockerfile. Safe for use by several threads, with one build per app at a time.
interface ImageBuild {
    /// Builds, with every line passed on as it comes. A build that fails or is interrupted leaves nothing but what the next one's
    /// cache is made of.
    ///
    /// @return the image's id; the image bears the name that the recipe gives it from the moment it is made
    /// @throws hokku.api.UserError when it cannot be built
    String run(Recipe recipe, Output out) throws IOException, InterruptedException;
}
