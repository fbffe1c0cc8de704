package hokku.api.hook;

import hokku.api.Release;

/// Before a release is recorded. May change its variables, commands and notes.
@FunctionalInterface
public non-sealed interface PreRelease extends Before<Release> {}
