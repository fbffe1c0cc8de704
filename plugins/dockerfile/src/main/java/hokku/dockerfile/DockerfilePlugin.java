package hokku.dockerfile;

import hokku.api.Contributions;
import hokku.api.HostAuthorities;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.hook.AppEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.Stream;

/// Builds apps that have a Dockerfile, with BuildKit or with the engine's classic builder.
public final class DockerfilePlugin implements Plugin {
    @Override
    public void contribute(PluginContext context, Contributions to) throws IOException {
        UnfinishedBuilds unfinished = new UnfinishedBuilds(context.engine(), context.folder(), ProcessHandle.current());
        CachedLayers layers = new CachedLayers(context.engine(), context.folder(), unfinished);
        Buildx buildx = Buildx.ofThisServer();
        TrustingBases bases = new TrustingBases(context.engine(), HostAuthorities.ofThisHost(), context.folder().resolve("authorities"));
        BuildChoice choice = BuildChoice.bySetting(buildx, new ClassicBuild(context.engine(), layers),
                new BuildKitBuild(buildx, layers, context.json()));
        Stream.of(BuildSettings.PATH, BuildSettings.BUILDKIT, BuildSettings.CACHE_SIZE, BuildSettings.TRUST).forEach(to::setting);
        to.builder(new DockerfileBuilder(context.engine(), choice.trusting(bases), layers));
        to.job(new Inheritance(context.engine(), layers));
        to.job(new Upkeep(context.apps(), buildx, bases));
        to.listener(event -> {
            if (event instanceof AppEvent.Destroyed destroyed) {
                forget(layers, destroyed);
            }
        });
    }

    private static void forget(CachedLayers layers, AppEvent.Destroyed destroyed) {
        try {
            layers.forget(destroyed.id());
        } catch (IOException failure) {
            throw new UncheckedIOException("The layers of " + destroyed.app() + " are still there", failure);
        }
    }
}
