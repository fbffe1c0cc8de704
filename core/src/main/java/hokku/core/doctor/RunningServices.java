package hokku.core.doctor;

import hokku.api.Finding;
import hokku.api.Service;
import hokku.api.spi.Datastore;
import hokku.api.spi.Examination;
import hokku.core.plugin.Registry.Contribution;
import hokku.core.plugin.Snapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/// Services of datastores that should run and do not.
final class RunningServices implements Examination {
    private final Snapshots snapshots;
    private final Supplier<List<Service>> services;
    private final Function<Service, String> state;

    /// @param services those of all datastores, also of some whose plugin is not there
    /// @param state what the engine says of a service's container
    RunningServices(Snapshots snapshots, Supplier<List<Service>> services, Function<Service, String> state) {
        this.snapshots = snapshots;
        this.services = services;
        this.state = state;
    }

    @Override
    public String name() {
        return "services";
    }

    @Override
    public List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        int running = 0;
        try (Snapshots.Lease lease = snapshots.lease()) {
            Map<String, Contribution<Datastore>> datastores = lease.registry().datastores();
            for (Service service : services.get()) {
                String is = service.stopped() ? "stopped" : state.apply(service);
                running += is.equals("running") ? 1 : 0;
                if (!datastores.containsKey(service.datastore())) {
                    findings.add(Finding.wrong("no plugin provides the datastore of %s %s".formatted(service.datastore(), service.name()),
                            "Its data is in the volume " + service.volume() + ". Install or enable the plugin: plugin:list"));
                } else if (is.equals("paused")) {
                    findings.add(Finding.warning("%s %s is paused".formatted(service.datastore(), service.name()),
                            "Let it go on: %s:start %s".formatted(service.datastore(), service.name())));
                } else if (!is.equals("running") && !service.stopped()) {
                    findings.add(Finding.wrong("%s %s does not run (%s)".formatted(service.datastore(), service.name(), is),
                            "Look why: %1$s:logs %2$s; then: %1$s:restart %2$s".formatted(service.datastore(), service.name())));
                }
            }
        }
        return findings.isEmpty() ? List.of(Finding.well(running + " should run, and do")) : findings;
    }
}
