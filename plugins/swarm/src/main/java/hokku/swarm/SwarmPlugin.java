package hokku.swarm;

import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.swarm.registry.RegistryParts;

/// Runs apps as services of a Docker Swarm.
public final class SwarmPlugin implements Plugin {
    @Override
    public void contribute(PluginContext context, Contributions to) throws Exception {
        RegistryParts.contribute(context, to);
    }
}
