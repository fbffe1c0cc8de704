package hokku.core.command;

import hokku.api.Access;
import hokku.api.Service;
import hokku.api.UserError;
import hokku.api.spi.Session;
import hokku.core.command.DatastoreCommands.OfService;
import hokku.core.command.DatastoreCommands.Shared;
import hokku.core.plugin.Snapshots;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `<datastore>:report`: what `info` says, of one service or of all, without what is secret; or what is set for the datastore as a whole.
@CommandLine.Command(description = "Report about a {} service or about all, without secrets")
final class ServiceReport extends OfService {
    @Option(names = "--global", description = "Report about what is set for all services")
    private boolean global;

    @Mixin
    private final OutputFormat format = new OutputFormat();

    ServiceReport(Shared shared) {
        super(shared, "report");
    }

    @Override
    public Access access() {
        return Access.READ;
    }

    @Override
    public List<String> audited() {
        return isNamed() ? super.audited() : List.of();
    }

    @Override
    public void run(Session session) throws InterruptedException, PluginFailure {
        boolean json = format.isJson();
        if (global) {
            tellGlobal(json, session);
            return;
        }
        List<Service> wanted = isNamed() ? List.of(services().get(datastore(), name())) : services().list(datastore());
        SequencedMap<String, SequencedMap<String, String>> reports = new LinkedHashMap<>();
        for (Service each : wanted) {
            reports.put(each.name().value(), ServiceInfo.open(shared, each));
        }
        if (json) {
            session.json(isNamed() ? reports.firstEntry().getValue() : reports);
            return;
        }
        reports.forEach((name, fields) -> ServiceInfo.tell(shared, name, fields, session));
    }

    private void tellGlobal(boolean json, Session session) throws InterruptedException, PluginFailure {
        if (isNamed()) {
            throw UserError.usage("Name a service or give --global, not both");
        }
        try (Snapshots.Lease lease = shared.snapshots().lease()) {
            SequencedMap<String, String> fields = ReportFields.of(datastore().name(), lease.registry()).of(shared.apps().global());
            if (json) {
                session.json(fields);
            } else {
                ReportCommand.tell("Global", datastore().name(), fields, session);
            }
        }
    }
}
