package hokku.core.deploy;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Output;
import hokku.api.UserError;
import hokku.api.spi.Builder;
import hokku.core.plugin.Registry;
import hokku.core.plugin.Snapshots;
import hokku.core.state.Catalogue;
import java.util.ArrayList;
import java.util.List;

/// What builders keep of apps to make their next builds quick.
public final class BuildCaches {
    private final Catalogue catalogue;
    private final Snapshots snapshots;
    private final DeployQueue queue;

    BuildCaches(Catalogue catalogue, Snapshots snapshots, DeployQueue queue) {
        this.catalogue = catalogue;
        this.snapshots = snapshots;
        this.queue = queue;
    }

    /// Has every builder forget what it keeps of an app: also those that do not build it now, but may have.
    ///
    /// @throws UserError while the app is being deployed, and when a builder failed; the others have been asked then
    public void purge(AppName name, Output out) throws InterruptedException {
        catalogue.get(name);
        try (Snapshots.Lease lease = snapshots.lease(); DeployQueue.Turn _ = queue.takeBetween(name, "the removal of its caches")) {
            App app = catalogue.get(name);
            out.step("Removing what builders keep of " + name + "...");
            List<UserError> failures = new ArrayList<>();
            for (Registry.Contribution<Builder> builder : lease.registry().builders().values()) {
                try {
                    purge(builder, app);
                } catch (UserError failed) {
                    out.warn("Builder " + builder.value().name() + ": " + failed.getMessage());
                    failures.add(failed);
                }
            }
            if (!failures.isEmpty()) {
                throw new UserError(failures.getFirst().exitCode(), ("%d of %d builders could not remove what they keep of %s."
                        + " Mend that, then try again: repo:purge-cache %3$s").formatted(failures.size(),
                                lease.registry().builders().size(), name));
            }
        }
    }

    private static void purge(Registry.Contribution<Builder> builder, App app) throws InterruptedException {
        Failures.in(builder.plugin(), "removing its cache", () -> {
            builder.value().purgeCache(app);
            return app;
        });
    }
}
