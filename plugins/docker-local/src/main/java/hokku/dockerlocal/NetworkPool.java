package hokku.dockerlocal;

import hokku.api.Engine;
import hokku.api.Finding;
import hokku.api.spi.Examination;
import java.util.ArrayList;
import java.util.List;

/// Whether the networks of new apps find addresses, and whether the host uses the same ones for something else.
final class NetworkPool implements Examination {
    /// So many networks are room enough; more are not counted.
    private static final int ENOUGH = 16;
    private static final String REMEDY = "Choose another pool: network:set --global pool 172.28.0.0/14 (apps keep the networks that they have)";

    private final Engine engine;
    private final AppNetworks networks;

    NetworkPool(Engine engine, AppNetworks networks) {
        this.engine = engine;
        this.networks = networks;
    }

    @Override
    public String name() {
        return "network-pool";
    }

    @Override
    public List<Finding> examine() {
        return judge(networks.pool(), AppNetworks.used(engine.client()), networks.routed());
    }

    /// @param used the addresses of the engine's networks
    /// @param routed what the host has a route to, the engine's networks among it
    static List<Finding> judge(Subnet pool, List<Subnet> used, List<Subnet> routed) {
        List<Finding> findings = new ArrayList<>();
        List<Subnet> foreign = routed.stream().filter(pool::overlaps).filter(route -> used.stream().noneMatch(route::equals)).toList();
        List<Subnet> taken = new ArrayList<>(used);
        taken.addAll(foreign);
        int left = 0;
        for (long part = 0; part < pool.parts(AppNetworks.LENGTH) && left < ENOUGH; part++) {
            Subnet candidate = pool.part(part, AppNetworks.LENGTH);
            left += taken.stream().noneMatch(candidate::overlaps) ? 1 : 0;
        }
        if (left == 0) {
            findings.add(Finding.wrong("every network of the pool " + pool + " is taken, so no app can be made", REMEDY));
        } else if (left < ENOUGH) {
            findings.add(Finding.warning("only " + left + " networks of the pool " + pool + " are left", REMEDY));
        }
        for (Subnet route : foreign) {
            findings.add(Finding.warning("the host has a route to " + route + ", within the pool " + pool + ": no app gets these addresses",
                    REMEDY));
        }
        return findings.isEmpty() ? List.of(Finding.well(pool + " has room, and nothing else uses it")) : findings;
    }
}
