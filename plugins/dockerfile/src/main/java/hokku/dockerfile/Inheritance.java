package hokku.dockerfile;

import hokku.api.Engine;
import hokku.api.spi.Job;
import java.io.IOException;
import java.time.Duration;

/// Finds soon after the start of the server what builds left that it did not live to see the end of.
///
/// A build would find it too. The sooner it is looked for, the less can be mistaken for it.
final class Inheritance implements Job {
    private final Engine engine;
    private final CachedLayers layers;

    Inheritance(Engine engine, CachedLayers layers) {
        this.engine = engine;
        this.layers = layers;
    }

    @Override
    public String name() {
        return "unfinished-builds";
    }

    @Override
    public When when() {
        return new When.Every(Duration.ofSeconds(10));
    }

    @Override
    public void run() throws IOException {
        Buildx.endOrphans("hokku-" + engine.instance() + "/");
        layers.inherit();
    }
}
