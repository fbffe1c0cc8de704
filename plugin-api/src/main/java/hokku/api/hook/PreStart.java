package hokku.api.hook;

import hokku.api.ProcessSpec;

/// Before containers are started: of each process, of a one-off command, a cron task or the release process.
@FunctionalInterface
public non-sealed interface PreStart extends Before<ProcessSpec> {}
