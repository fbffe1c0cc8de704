package hokku.dockerlocal;

import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.Setting;
import hokku.api.hook.AppEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs apps as containers on this server.
public final class DockerLocalPlugin implements Plugin {
    static final Setting<Boolean> INIT_PROCESS = Setting.flag("scheduler-docker-local", "init-process").initially(true)
            .effect(Setting.Effect.ROLLOUT).help("Whether a small init process runs first in each container and reaps orphans");
    static final Setting<Integer> PARALLEL = Setting.number("scheduler-docker-local", "parallel-schedule-count", 1, 100)
            .initially(4)
            .help("How many containers of an app are started at the same time");
    static final Setting<Subnet> NETWORK_POOL = Setting.of("network", "pool", DockerLocalPlugin::pool, Subnet::toString)
            .initially(Subnet.of("10.213.0.0/16")).scope(Setting.Scope.GLOBAL)
            .help("Addresses that the networks of new apps are cut from, a /26 for each");

    private static final Logger LOG = LoggerFactory.getLogger(DockerLocalPlugin.class);

    private static Subnet pool(String text) {
        Subnet pool = Subnet.of(text);
        if (pool.length() < 8 || pool.length() > AppNetworks.LENGTH) {
            throw new hokku.api.UserError("Invalid value for pool: " + text + ". Use a subnet from /8 to /" + AppNetworks.LENGTH
                    + ", for instance 10.213.0.0/16");
        }
        return pool;
    }

    @Override
    public void contribute(PluginContext context, Contributions to) {
        AppNetworks networks = new AppNetworks(context.engine(), () -> context.apps().global().value(NETWORK_POOL).orElseThrow());
        Containers containers = new Containers(context.engine());
        to.scheduler(new DockerLocalScheduler(context.engine(), containers, networks));
        to.setting(INIT_PROCESS);
        to.setting(PARALLEL);
        to.setting(NETWORK_POOL);
        to.listener(event -> {
            if (event instanceof AppEvent.Created || event instanceof AppEvent.Cloned) {
                // Beside the build that follows most of the time; a start makes sure of it anyway.
                Thread.ofVirtual().name("network-" + event.app()).start(() -> prepare(networks, event));
            }
        });
        to.job(new Leftovers(containers));
        to.examination(new NetworkPool(context.engine(), networks));
    }

    private static void prepare(AppNetworks networks, AppEvent created) {
        try {
            networks.ensure(created.id(), created.app());
        } catch (RuntimeException e) {
            LOG.warn("The network of {} was not made yet, its first deploy tries again: {}", created.app(), e.getMessage());
        }
    }
}
