package hokku.core.command;

import hokku.api.Access;
import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.spi.Session;
import hokku.core.deploy.BuildCaches;
import picocli.CommandLine;

/// The commands about what stands behind a push: `repo:*`.
public final class RepoCommands implements Plugin {
    private final BuildCaches caches;

    public RepoCommands(BuildCaches caches) {
        this.caches = caches;
    }

    @Override
    public void contribute(PluginContext context, Contributions to) {
        to.command(PurgeCache::new);
    }

    @CommandLine.Command(name = "repo:purge-cache", description = "Remove what builders keep of an app to build it quickly")
    final class PurgeCache extends AppCommand {
        @Override
        public Access access() {
            return Access.OPERATE;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            caches.purge(name(), session.out());
        }
    }
}
