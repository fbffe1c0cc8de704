package hokku.api.hook;

import hokku.api.Release;

/// After the release was recorded; nothing of it runs yet.
@FunctionalInterface
public non-sealed interface PostRelease extends After<Release> {}
