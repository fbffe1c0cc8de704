package hokku.api.hook;

import hokku.api.Route;

/// Before the proxy is given a new route; the new containers have passed their checks.
@FunctionalInterface
public non-sealed interface PreRoute extends Before<Route> {}
