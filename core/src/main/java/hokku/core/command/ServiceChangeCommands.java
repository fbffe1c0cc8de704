package hokku.core.command;

import hokku.api.Access;
import hokku.api.Service;
import hokku.api.UserError;
import hokku.api.spi.Session;
import hokku.core.command.DatastoreCommands.Derived;
import hokku.core.command.DatastoreCommands.OfService;
import hokku.core.command.DatastoreCommands.Shared;
import hokku.core.datastore.Exposure;
import hokku.core.datastore.ServiceProperties;
import hokku.core.datastore.Services;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/// The commands that change what the container of a service is made of.
final class ServiceChangeCommands {
    private ServiceChangeCommands() {}

    static List<Supplier<Derived>> of(Shared shared) {
        return List.of(() -> new Expose(shared), () -> new Unexpose(shared), () -> new Set(shared));
    }

    @CommandLine.Command(description = "Let a {} service be reached on ports of the host; its container is replaced")
    static final class Expose extends OfService {
        @Parameters(index = "1..*", paramLabel = "<port>", description = "Port of the host, or address:port; a random one without it")
        private List<String> ports = List.of();

        Expose(Shared shared) {
            super(shared, "expose");
        }

        @Override
        public Access access() {
            return Access.DEPLOY;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            Service service = new Exposure(services()).expose(datastore(), name(), ports, session.out());
            session.out().step("Service " + name() + " exposed on port(s) [container->host]: " + ServiceInfo.exposed(datastore(), service));
        }
    }

    @CommandLine.Command(description = "Let a {} service be reached on no port of the host any more; its container is replaced")
    static final class Unexpose extends OfService {
        Unexpose(Shared shared) {
            super(shared, "unexpose");
        }

        @Override
        public Access access() {
            return Access.DEPLOY;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            new Exposure(services()).unexpose(datastore(), name(), session.out());
            session.out().step("Service " + name() + " unexposed");
        }
    }

    @CommandLine.Command(description = "Set a property of a {} service, or unset it by giving no value; its container is replaced")
    static final class Set extends OfService {
        private static final SequencedMap<String, Property> PROPERTIES = new LinkedHashMap<>();

        static {
            PROPERTIES.put("config-options", new Property("Further words for the server's command line",
                    (service, text) -> service.withOptions(Words.split(text), service.env())));
            PROPERTIES.put("custom-env", new Property("Further variables of its container: KEY=VALUE;OTHER=VALUE",
                    (service, text) -> service.withOptions(service.options(), ServiceDetails.variables(text))));
            PROPERTIES.put("initial-network", new Property("Network that its container is made in",
                    (service, text) -> service.withSetting(Services.INITIAL_NETWORK, ServiceDetails.network(text))));
            PROPERTIES.put("memory", new Property("Memory limit, in megabytes",
                    (service, text) -> service.withLimits(ServiceDetails.megabytes(text), service.shmSize())));
            PROPERTIES.put("post-create-network", new Property("Further networks that it joins before it starts, with commas between them",
                    (service, text) -> ServiceProperties.withNetworksAfterCreation(service, ServiceDetails.networks(text))));
            PROPERTIES.put("post-start-network", new Property("Further networks that it joins, with commas between them",
                    (service, text) -> ServiceProperties.withNetworksAfterStart(service, ServiceDetails.networks(text))));
            PROPERTIES.put("shm-size", new Property("Size of the shared memory, in megabytes",
                    (service, text) -> service.withLimits(service.memory(), ServiceDetails.megabytes(text))));
        }

        private record Property(String help, BiFunction<Service, String, Service> put) {}

        @Parameters(index = "1..*", paramLabel = "<property> <value>", description = "The property, and its value")
        private List<String> words = List.of();

        Set(Shared shared) {
            super(shared, "set");
        }

        @Override
        void describe(CommandSpec spec) {
            spec.usageMessage().customSynopsis("dokku " + fullName() + " <service> <property> [<value>]");
            // A value may begin with a hyphen, as words for a command line do.
            spec.parser().unmatchedOptionsArePositionalParams(true);
            List<String> help = new ArrayList<>(List.of("%nProperties:"));
            PROPERTIES.forEach((key, property) -> help.add("  " + key + ": " + property.help()));
            spec.usageMessage().footer(help.toArray(String[]::new));
        }

        @Override
        public Access access() {
            return Access.DEPLOY;
        }

        @Override
        public List<String> audited() {
            // Another word may be anything.
            return words.isEmpty() || !PROPERTIES.containsKey(words.getFirst()) ? super.audited() : List.of(name().value(), words.getFirst());
        }

        @Override
        public void run(Session session) throws InterruptedException {
            Service before = services().get(datastore(), name());
            if (words.isEmpty()) {
                throw UserError.usage("No property specified. Valid properties include: " + String.join(", ", PROPERTIES.keySet()));
            }
            String key = words.getFirst();
            if (!PROPERTIES.containsKey(key)) {
                throw UserError.usage("Invalid property specified, valid properties include: " + String.join(", ", PROPERTIES.keySet()));
            }
            String value = String.join(" ", words.subList(1, words.size()));
            BiFunction<Service, String, Service> put = PROPERTIES.get(key).put();
            boolean changes = !put.apply(before, value).equals(before);
            session.out().step((value.isEmpty() ? "Unsetting " : "Setting ") + key + " of " + name());
            if (!changes) {
                session.out().detail("That is so already");
                return;
            }
            if (!before.stopped()) {
                session.out().detail("Its container is replaced: connections break off, its data stays");
            }
            services().change(datastore(), name(), service -> put.apply(service, value), session.out());
        }
    }
}
