package hokku.core.deploy;

import hokku.api.Engine;
import hokku.core.git.Repositories;
import hokku.core.plugin.Snapshots;
import hokku.core.state.Catalogue;
import hokku.core.state.Home;
import java.time.Clock;
import java.util.List;

/// The parts of a deploy, put together.
public record DeployParts(LiveApps apps, Deploys deploys, Builds builds, BuildCaches caches, Housekeeping housekeeping,
        Containers containers, Reconciler reconciler, Renames renames, Clones clones) {
    /// @param address where the server is reached from outside, for names that follow from it
    /// @param services lets apps reach what they are linked to
    public static DeployParts assemble(Home home, Catalogue catalogue, Snapshots snapshots, Engine engine, Repositories repositories,
            String address, Reach services, FaultPoints faults, Clock clock) {
        AppLocks locks = new AppLocks();
        Domains domains = new Domains(catalogue, address);
        Routing routing = new Routing(domains);
        Images images = new EngineImages(engine);
        Retirements retirements = new Retirements();
        Rollouts rollouts = new Rollouts(catalogue, routing, retirements, services, faults, clock);
        Sources sources = new Sources(catalogue, repositories);
        LiveApps apps = new LiveApps(catalogue, snapshots, locks, domains, routing, rollouts, images, sources);
        DeployQueue queue = new DeployQueue(clock);
        Builds builds = new Builds(home, catalogue, queue, clock);
        FreeSpace space = new FreeSpace(home, engine, catalogue);
        Pipeline pipeline = new Pipeline(catalogue, locks, domains, images, rollouts, space, faults, clock);
        Housekeeping housekeeping = new Housekeeping(catalogue, queue, locks, images, repositories, builds, space);
        Deploys deploys = new Deploys(catalogue, snapshots, apps, queue, pipeline, builds, space, housekeeping, repositories, sources,
                faults, clock);
        Renames renames = new Renames(home, catalogue, snapshots, locks, queue, domains, routing, rollouts, images, faults);
        Clones clones = new Clones(home, catalogue, snapshots, locks, domains, images, repositories, faults, clock);
        return new DeployParts(apps, deploys, builds, new BuildCaches(catalogue, snapshots, queue), housekeeping,
                new Containers(catalogue, snapshots, rollouts),
                new Reconciler(catalogue, snapshots, locks, routing, retirements, repositories, Repair.of(List.of(renames, clones))),
                renames, clones);
    }
}
