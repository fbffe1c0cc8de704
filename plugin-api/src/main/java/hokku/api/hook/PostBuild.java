package hokku.api.hook;

import hokku.api.BuiltImage;

/// After the image was built and before a release is made of it.
@FunctionalInterface
public non-sealed interface PostBuild extends After<BuiltImage> {}
