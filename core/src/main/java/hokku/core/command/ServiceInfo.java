package hokku.core.command;

import hokku.api.App;
import hokku.api.Service;
import hokku.api.spi.Datastore;
import hokku.api.spi.Session;
import hokku.core.command.DatastoreCommands.Shared;
import hokku.core.datastore.Health;
import hokku.core.datastore.ServiceProperties;
import hokku.core.datastore.Services;
import hokku.core.datastore.backup.BackupSettings;
import hokku.core.deploy.FreeSpace;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// What `<datastore>:info` says of a service, with the names that Dokku's plugins use.
final class ServiceInfo {
    /// The fields that may hold what only those may see who may change the service.
    static final Set<String> SECRET = Set.of("config-options", "dsn");
    private static final String NONE = "-";
    private static final String SIZE = "size";
    private static final String NODE = "node";
    private static final int LABEL_WIDTH = 24;

    /// Found out when it is asked for: some ask the service itself.
    private interface Field {
        String value(Shared shared, Service service) throws InterruptedException;
    }

    /// By the name of their flag, without the hyphens.
    private static final SequencedMap<String, Field> FIELDS = new LinkedHashMap<>();

    static {
        FIELDS.put("accepts-connections", (shared, service) -> new Health(shared.services()).accepts(shared.datastore(), service));
        for (String each : BackupSettings.FIELDS) {
            FIELDS.put(each, (shared, service) -> shared.backups().settings().info(service).get(each));
        }
        // Dokku's plugins keep a folder for that; here everything is in the service's own file.
        FIELDS.put("config-dir", (shared, service) -> NONE);
        FIELDS.put("config-options", (shared, service) -> String.join(" ", service.options()));
        FIELDS.put("created", (shared, service) -> service.created().toString());
        FIELDS.put("data-dir", (shared, service) -> service.volume());
        FIELDS.put("dsn", (shared, service) -> shared.datastore().address(service, service.host(), shared.datastore().ports().getFirst()));
        FIELDS.put("exposed-ports", (shared, service) -> service.exposed().isEmpty() ? NONE : exposed(shared.datastore(), service));
        FIELDS.put("id", (shared, service) -> missing(shared, service) ? NONE : shared.services().container(service));
        FIELDS.put("internal-ip", (shared, service) -> shared.services().address(service));
        FIELDS.put("initial-network", (shared, service) -> service.setting(Services.INITIAL_NETWORK).orElse(""));
        FIELDS.put("links", (shared, service) -> links(shared, service));
        FIELDS.put(NODE, (shared, service) -> shared.services().node().orElse(NONE));
        FIELDS.put("note", (shared, service) -> new Health(shared.services()).note(shared.datastore(), service));
        FIELDS.put("post-create-network", (shared, service) -> String.join(",", ServiceProperties.networksAfterCreation(service)));
        FIELDS.put("post-start-network", (shared, service) -> String.join(",", ServiceProperties.networksAfterStart(service)));
        FIELDS.put("service-root", (shared, service) -> shared.services().folder(service).toString());
        FIELDS.put(SIZE, (shared, service) -> new Health(shared.services()).size(shared.datastore(), service));
        FIELDS.put("status", (shared, service) -> shared.services().state(service));
        FIELDS.put("version", (shared, service) -> service.image());
    }

    private ServiceInfo() {}

    static Set<String> names() {
        return FIELDS.keySet();
    }

    static String field(String name, Shared shared, Service service) throws InterruptedException {
        return FIELDS.get(name).value(shared, service);
    }

    static SequencedMap<String, String> fields(Shared shared, Service service) throws InterruptedException {
        return fields(shared, service, name -> true);
    }

    /// Those that anybody may see who may look.
    static SequencedMap<String, String> open(Shared shared, Service service) throws InterruptedException {
        return fields(shared, service, name -> !SECRET.contains(name));
    }

    private static SequencedMap<String, String> fields(Shared shared, Service service, Predicate<String> wanted) throws InterruptedException {
        SequencedMap<String, String> fields = new LinkedHashMap<>();
        for (Map.Entry<String, Field> field : FIELDS.entrySet()) {
            if (wanted.test(field.getKey())) {
                fields.put(field.getKey(), field.getValue().value(shared, service));
            }
        }
        // Where there is but one machine nobody asks which.
        fields.remove(NODE, NONE);
        return fields;
    }

    private static boolean missing(Shared shared, Service service) {
        return shared.services().state(service).equals("missing");
    }

    private static String links(Shared shared, Service service) {
        String apps = shared.services().links().linked(service).stream().map(App::name).map(Object::toString).collect(Collectors.joining(" "));
        return apps.isEmpty() ? NONE : apps;
    }

    static String exposed(Datastore datastore, Service service) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < service.exposed().size(); i++) {
            text.append(i == 0 ? "" : " ").append(datastore.ports().get(i)).append("->").append(service.exposed().get(i));
        }
        return text.toString();
    }

    static void tell(Shared shared, Service service, Session session) throws InterruptedException {
        tell(shared, service.name().value(), fields(shared, service), session);
    }

    static void tell(Shared shared, String about, SequencedMap<String, String> fields, Session session) {
        session.out().milestone(about + " " + shared.datastore().name() + " service information");
        fields.forEach((name, value) -> session.print(("       " + label(name) + readable(name, value)).stripTrailing()));
    }

    /// Bytes are for programs; people get megabytes. And they may wonder why a service does not go to another machine.
    private static String readable(String name, String value) {
        if (name.equals(NODE)) {
            return value + " (pinned: its data is there)";
        }
        return name.equals(SIZE) && !value.equals(Health.UNKNOWN) ? FreeSpace.words(Long.parseLong(value)) : value;
    }

    /// `internal-ip` → `Internal ip:`, padded to a column.
    private static String label(String name) {
        String words = Character.toUpperCase(name.charAt(0)) + name.substring(1).replace('-', ' ') + ":";
        return words + " ".repeat(Math.max(1, LABEL_WIDTH - words.length()));
    }
}
