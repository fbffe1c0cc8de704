package hokku.swarm;

import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.swarm.registry.Publisher;
import hokku.swarm.registry.RegistryParts;

/// Runs apps as services of a Docker Swarm.
public final class SwarmPlugin implements Plugin {
    @Override
    public void contribute(PluginContext context, Contributions to) throws Exception {
        Publisher publisher = RegistryParts.contribute(context, to);
        SwarmEngine engine = new SwarmEngine(() -> SwarmSettings.address(context.apps().global()).map(context::engine).orElseGet(context::engine));
        Reachability reachability = Reachability.byGossip();
        Cluster cluster = new Cluster(engine, reachability);
        SwarmParts parts = new SwarmParts(engine, cluster, new Services(engine, cluster), new SwarmNetworks(engine), publisher,
                TaskLogs.of(engine, cluster));
        SwarmSettings.ALL.forEach(to::setting);
        new NodeParts(engine, cluster, new Nodes(engine), reachability, context.apps()).contribute(to);
        OneOffs oneOffs = new OneOffs(parts, context.apps()::get);
        to.scheduler(new SwarmScheduler(parts, oneOffs, new Watches(engine, cluster, reachability)));
        to.job(new Leftovers(engine, oneOffs, new Secrets(engine)));
    }
}
