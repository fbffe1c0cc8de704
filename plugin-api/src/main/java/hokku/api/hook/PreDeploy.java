package hokku.api.hook;

import hokku.api.Deployment;

/// Before the containers of a release are started, at a push, a rollback or any other rollout.
@FunctionalInterface
public non-sealed interface PreDeploy extends Before<Deployment> {}
