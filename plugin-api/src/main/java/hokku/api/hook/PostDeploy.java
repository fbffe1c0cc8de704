package hokku.api.hook;

import hokku.api.Live;

/// After the release went live. A failure warns, and the next handler still runs.
@FunctionalInterface
public non-sealed interface PostDeploy extends After<Live> {}
