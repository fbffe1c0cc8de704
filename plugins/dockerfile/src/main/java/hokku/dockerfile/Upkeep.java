package hokku.dockerfile;

import hokku.api.Apps;
import hokku.api.Global;
import hokku.api.spi.Job;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/// Keeps what builds leave for the next ones within bounds: BuildKit's cache, and images with authorities of the host.
final class Upkeep implements Job {
    private static final String NO_LIMIT = "none";

    private final Apps apps;
    private final Buildx buildx;
    private final TrustingBases bases;

    Upkeep(Apps apps, Buildx buildx, TrustingBases bases) {
        this.apps = apps;
        this.buildx = buildx;
        this.bases = bases;
    }

    @Override
    public String name() {
        return "build-cache";
    }

    @Override
    public When when() {
        return new When.Every(Duration.ofHours(1));
    }

    @Override
    public void run() throws IOException, InterruptedException {
        bases.removeUnused(Instant.now());
        Global global = apps.global();
        String most = global.value(BuildSettings.CACHE_SIZE).orElse(NO_LIMIT);
        if (!most.equals(NO_LIMIT) && buildx.missing().isEmpty()) {
            buildx.prune(most);
        }
    }
}
