package hokku.core.command;

import hokku.api.Access;
import hokku.api.Service;
import hokku.api.spi.Session;
import hokku.core.command.DatastoreCommands.OfService;
import hokku.core.command.DatastoreCommands.Shared;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/// `<datastore>:report`: what `info` says, of one service or of all, without what is secret.
@CommandLine.Command(description = "Report about a {} service or about all, without secrets")
final class ServiceReport extends OfService {
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
    public void run(Session session) throws InterruptedException {
        boolean json = format.isJson();
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
}
