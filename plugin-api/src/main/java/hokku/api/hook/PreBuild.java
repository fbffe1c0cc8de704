package hokku.api.hook;

import hokku.api.Source;

/// Before the builder runs. May change the files and the variables that it sees.
@FunctionalInterface
public non-sealed interface PreBuild extends Before<Source> {}
