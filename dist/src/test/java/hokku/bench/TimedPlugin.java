package hokku.bench;

import hokku.api.Contributions;
import hokku.api.Output;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.hook.PreRoute;
import java.util.Locale;

/// One of many plugins that hook into the same point; the first and the last one tell how long it took from one to the other.
///
/// It is packed into a jar for each of them, so it may use nothing but the API.
public final class TimedPlugin implements Plugin {
    static final String SAID = "nanoseconds from the first handler to the last: ";
    private static final String BEGUN = "hokku.bench.begun";

    @Override
    public void contribute(PluginContext context, Contributions to) {
        String id = context.id();
        to.hook(PreRoute.class, (route, out) -> {
            if (id.equals(Dispatch.FIRST)) {
                System.setProperty(BEGUN, String.valueOf(System.nanoTime()));
            } else if (id.equals(Dispatch.LAST)) {
                tell(out);
            }
            return route;
        });
    }

    private static void tell(Output out) {
        long nanos = System.nanoTime() - Long.parseLong(System.getProperty(BEGUN));
        out.detail(String.format(Locale.ROOT, "%s%d", SAID, nanos));
    }
}
