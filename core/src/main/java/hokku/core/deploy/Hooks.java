package hokku.core.deploy;

import hokku.api.Output;
import hokku.api.UserError;
import hokku.api.hook.After;
import hokku.api.hook.AppEvent;
import hokku.api.hook.Before;
import hokku.api.hook.Hook;
import hokku.core.plugin.HookPoints;
import hokku.core.plugin.Registry;

/// Runs the handlers of hook points, in order, with the plugin's name in every failure.
final class Hooks {
    private final Registry registry;

    Hooks(Registry registry) {
        this.registry = registry;
    }

    /// Passes a value through the handlers of a point; each may amend it or refuse.
    <C, H extends Before<C>> C before(Class<H> point, C about, Output out) throws InterruptedException {
        C amended = about;
        for (Registry.Handler<H> handler : registry.hooks(point)) {
            C given = amended;
            amended = refusable(handler.plugin(), point, () -> handler.hook().before(given, out));
            if (amended == null) {
                throw Failures.defect(handler.plugin(), stage(point), new NullPointerException("the handler returned nothing"));
            }
        }
        return amended;
    }

    /// Shows a value to the handlers of a point; each may refuse.
    <C, H extends After<C>> void after(Class<H> point, C done, Output out) throws InterruptedException {
        for (Registry.Handler<H> handler : registry.hooks(point)) {
            refusable(handler.plugin(), point, () -> {
                handler.hook().after(done, out);
                return done;
            });
        }
    }

    /// Shows a value to the handlers of a point; a failure warns, and the next handler still runs.
    <C, H extends After<C>> void announce(Class<H> point, C done, Output out) {
        for (Registry.Handler<H> handler : registry.hooks(point)) {
            try {
                refusable(handler.plugin(), point, () -> {
                    handler.hook().after(done, out);
                    return done;
                });
            } catch (UserError failed) {
                out.warn(failed.getMessage());
            } catch (InterruptedException cancelled) {
                out.warn("plugin " + handler.plugin() + " was interrupted in " + stage(point));
            }
        }
    }

    /// Tells every listener; a failure is logged under the plugin's name.
    void tell(AppEvent event) {
        registry.listeners().forEach(listener -> {
            try {
                listener.value().accept(event);
            } catch (RuntimeException | LinkageError failed) {
                Failures.defect(listener.plugin(), "listening to " + event.getClass().getSimpleName(), failed);
            }
        });
    }

    private static <T> T refusable(String plugin, Class<? extends Hook> point, java.util.concurrent.Callable<T> handler)
            throws InterruptedException {
        try {
            return Failures.in(plugin, stage(point), handler);
        } catch (UserError refused) {
            if (refused.getCause() != null) {
                throw refused;
            }
            throw new UserError(refused.exitCode(), refused.getMessage() + " (plugin " + plugin + ", " + stage(point) + ")", refused);
        }
    }

    /// `PreDeploy` → `pre-deploy`.
    static String stage(Class<? extends Hook> point) {
        return HookPoints.name(point);
    }
}
