package hokku.buildstep;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.Apps;
import hokku.api.spi.Job;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Removes what nobody needs any more: containers of builds that a crash cut off, caches of apps that are no more, stacks that are not used.
final class Leftovers implements Job {
    private final Apps apps;
    private final BuildCaches caches;
    private final Stacks stacks;

    Leftovers(Apps apps, BuildCaches caches, Stacks stacks) {
        this.apps = apps;
        this.caches = caches;
        this.stacks = stacks;
    }

    @Override
    public String name() {
        return "leftover-builds";
    }

    @Override
    public When when() {
        return new When.Every(Duration.ofMinutes(1));
    }

    @Override
    public void run() throws IOException {
        Set<AppId> ids = apps.list().stream().map(apps::find).flatMap(Optional::stream).map(App::id).collect(Collectors.toSet());
        // An app that was made since the list was read has no cache that could be lost.
        try {
            caches.removeLeftovers(ids);
        } finally {
            stacks.removeUnused(Instant.now());
        }
    }
}
