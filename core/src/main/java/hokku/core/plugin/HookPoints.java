package hokku.core.plugin;

import hokku.api.hook.Hook;
import hokku.api.hook.PostBuild;
import hokku.api.hook.PostDeploy;
import hokku.api.hook.PostRelease;
import hokku.api.hook.PreBuild;
import hokku.api.hook.PreDeploy;
import hokku.api.hook.PreRelease;
import hokku.api.hook.PreRoute;
import hokku.api.hook.PreStart;
import java.util.List;
import java.util.Locale;

/// The hook points, in the order of a deploy.
public final class HookPoints {
    public static final List<Class<? extends Hook>> ALL = List.of(PreBuild.class, PostBuild.class, PreRelease.class,
            PostRelease.class, PreDeploy.class, PreStart.class, PreRoute.class, PostDeploy.class);

    private HookPoints() {}

    /// What a message calls a point: `pre-deploy`.
    public static String name(Class<? extends Hook> point) {
        return point.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
