package hokku.buildstep;

import hokku.api.Apps;
import hokku.api.Contributions;
import hokku.api.HostAuthorities;
import hokku.api.Json;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.hook.AppEvent;
import java.io.IOException;
import java.util.stream.Stream;

/// Builds apps from source code with buildpacks.
public final class BuildstepPlugin implements Plugin {
    @Override
    public void contribute(PluginContext context, Contributions to) throws IOException {
        BuildCaches caches = new BuildCaches(context.engine());
        Stacks stacks = new Stacks(context.engine(), new BaseImage(context.engine()), HostAuthorities.ofThisHost(), context.folder().resolve("stacks"));
        Stream.of(BuildstepSettings.MEMORY, BuildstepSettings.CPUS, BuildstepSettings.TIMEOUT, BuildstepSettings.CACHE_SIZE,
                BuildstepSettings.AT_ONCE, BuildstepSettings.FOLDER).forEach(to::setting);
        to.builder(new BuildstepBuilder(context.engine(), context.json(), stacks, caches));
        buildpacks(context.apps(), context.json(), to);
        to.job(new Leftovers(context.apps(), caches, stacks));
        to.listener(event -> {
            if (event instanceof AppEvent.Destroyed destroyed) {
                caches.purge(destroyed.id());
            }
        });
    }

    /// What the noun `buildpacks` is made of. Its setting is set by `buildpacks:set-property`, which the core makes.
    static void buildpacks(Apps apps, Json json, Contributions to) {
        to.command(() -> new BuildpacksAdd(apps));
        to.command(() -> new BuildpacksSet(apps));
        to.command(() -> new BuildpacksRemove(apps));
        to.command(() -> new BuildpacksClear(apps));
        to.command(() -> new BuildpacksList(apps));
        to.command(() -> new BuildpacksDetect(apps, json));
        to.setting(BuildstepSettings.STACK);
        to.report(new BuildpacksReport());
    }
}
