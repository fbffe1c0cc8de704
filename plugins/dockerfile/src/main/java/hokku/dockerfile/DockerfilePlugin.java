package hokku.dockerfile;

import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.hook.AppEvent;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Builds apps that have a Dockerfile, with the engine's own builder.
public final class DockerfilePlugin implements Plugin {
    @Override
    public void contribute(PluginContext context, Contributions to) throws IOException {
        UnfinishedBuilds unfinished = new UnfinishedBuilds(context.engine(), context.folder(), ProcessHandle.current());
        CachedLayers layers = new CachedLayers(context.engine(), context.folder(), unfinished);
        to.setting(DockerfileBuilder.PATH);
        to.builder(new DockerfileBuilder(context.engine(), layers));
        to.job(new Inheritance(layers));
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
