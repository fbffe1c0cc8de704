package hokku.core.command;

import hokku.api.App;
import hokku.api.Service;
import hokku.api.spi.Datastore;
import hokku.api.spi.Session;
import hokku.core.command.DatastoreCommands.Shared;
import hokku.core.datastore.Services;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// What `<datastore>:info` says of a service, with the names that Dokku's plugins use.
final class ServiceInfo {
    private static final int LABEL_WIDTH = 24;

    private ServiceInfo() {}

    /// The fields by the name of their flag, without the hyphens.
    static SequencedMap<String, String> fields(Shared shared, Service service) {
        Datastore datastore = shared.datastore();
        Services services = shared.services();
        SequencedMap<String, String> fields = new LinkedHashMap<>();
        fields.put("config-options", String.join(" ", service.options()));
        fields.put("data-dir", service.volume());
        fields.put("dsn", datastore.address(service, service.host(), datastore.ports().getFirst()));
        fields.put("exposed-ports", service.exposed().isEmpty() ? "-" : exposed(datastore, service));
        fields.put("id", service.id().value());
        fields.put("internal-ip", services.address(service));
        fields.put("initial-network", service.setting(Services.INITIAL_NETWORK).orElse(""));
        fields.put("links", services.links().linked(service).stream().map(App::name).map(Object::toString).collect(Collectors.joining(" ", "", "")));
        fields.put("networks", String.join(" ", service.networks()));
        fields.put("service-root", services.folder(service).toString());
        fields.put("status", services.state(service));
        fields.put("version", service.image());
        return fields;
    }

    private static String exposed(Datastore datastore, Service service) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < service.exposed().size(); i++) {
            text.append(i == 0 ? "" : " ").append(datastore.ports().get(i)).append("->").append(service.exposed().get(i));
        }
        return text.toString();
    }

    static void tell(Shared shared, Service service, Session session) {
        session.out().milestone(service.name() + " " + shared.datastore().name() + " service information");
        fields(shared, service).forEach((name, value) -> session.print(("       " + label(name) + value).stripTrailing()));
    }

    /// `internal-ip` → `Internal ip:`, padded to a column.
    private static String label(String name) {
        String words = Character.toUpperCase(name.charAt(0)) + name.substring(1).replace('-', ' ') + ":";
        return words + " ".repeat(Math.max(1, LABEL_WIDTH - words.length()));
    }
}
