package hokku.core.command;

import hokku.api.Access;
import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Service;
import hokku.api.UserError;
import hokku.api.spi.Session;
import hokku.core.command.DatastoreCommands.Derived;
import hokku.core.command.DatastoreCommands.OfService;
import hokku.core.command.DatastoreCommands.OfServiceAndApp;
import hokku.core.command.DatastoreCommands.Shared;
import hokku.core.datastore.ServiceLinks;
import hokku.core.datastore.Services;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;

/// The commands that tell of services and their links.
final class ServiceLookCommands {
    private ServiceLookCommands() {}

    static List<Supplier<Derived>> of(Shared shared) {
        return List.of(() -> new ListAll(shared), () -> new Info(shared), () -> new Exists(shared), () -> new Linked(shared),
                () -> new Links(shared), () -> new AppLinks(shared), () -> new ServiceReport(shared));
    }

    @CommandLine.Command(description = "List the {} services")
    static final class ListAll extends Derived {
        @Mixin
        private final OutputFormat format = new OutputFormat();

        ListAll(Shared shared) {
            super(shared, "list");
        }

        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            List<Service> all = services().list(datastore());
            if (format.isJson()) {
                session.json(all.stream().map(this::fields).toList());
            } else if (all.isEmpty()) {
                session.out().warn("There are no " + Services.capitalized(datastore()) + " services");
            } else {
                session.out().milestone(Services.capitalized(datastore()) + " services");
                all.forEach(service -> session.print(service.name().value()));
            }
        }

        private Map<String, Object> fields(Service service) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("service", service.name().value());
            fields.put("version", service.image());
            fields.put("stopped", service.stopped());
            fields.put("exposed_ports", service.exposed());
            fields.put("links", services().links().linked(service).stream().map(App::name).map(AppName::value).toList());
            fields.put("created", service.created().toString());
            return fields;
        }
    }

    @CommandLine.Command(description = "Show what is known of a {} service")
    static final class Info extends OfService {
        @Mixin
        private final OutputFormat format = new OutputFormat();
        private CommandSpec spec;

        Info(Shared shared) {
            super(shared, "info");
        }

        @Override
        void describe(CommandSpec described) {
            spec = described;
            ServiceInfo.names().forEach(name -> described.addOption(OptionSpec.builder("--" + name).type(boolean.class).arity("0")
                    .description("Only this, without its name").build()));
        }

        private List<String> chosen() {
            return ServiceInfo.names().stream().filter(name -> spec.findOption("--" + name).<Boolean>getValue() == Boolean.TRUE).toList();
        }

        /// With the address comes the password.
        @Override
        public Access access() {
            List<String> chosen = chosen();
            return chosen.isEmpty() || chosen.stream().anyMatch(ServiceInfo.SECRET::contains) ? Access.DEPLOY : Access.READ;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            List<String> chosen = chosen();
            boolean json = format.isJson();
            if (chosen.size() > 1 || json && !chosen.isEmpty()) {
                throw UserError.usage("Give one flag only: --" + chosen.getFirst() + (json ? ", or --format" : ", or --" + chosen.getLast()));
            }
            Service service = services().get(datastore(), name());
            if (!chosen.isEmpty()) {
                session.print(ServiceInfo.field(chosen.getFirst(), shared, service));
            } else if (json) {
                session.json(ServiceInfo.fields(shared, service));
            } else {
                ServiceInfo.tell(shared, service, session);
            }
        }
    }

    @CommandLine.Command(description = "Check whether a {} service exists")
    static final class Exists extends OfService {
        Exists(Shared shared) {
            super(shared, "exists");
        }

        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            session.out().step("Service " + services().get(datastore(), name()).name() + " exists");
        }
    }

    @CommandLine.Command(description = "Check whether an app is linked to a {} service")
    static final class Linked extends OfServiceAndApp {
        Linked(Shared shared) {
            super(shared, "linked");
        }

        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            Service service = services().get(datastore(), name());
            if (ServiceLinks.find(shared.apps().get(appName()), service).isEmpty()) {
                throw new UserError("Service " + name() + " is not linked to " + appName());
            }
            session.out().step("Service " + name() + " is linked to " + appName());
        }
    }

    @CommandLine.Command(description = "List the apps that are linked to a {} service")
    static final class Links extends OfService {
        Links(Shared shared) {
            super(shared, "links");
        }

        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            services().links().linked(services().get(datastore(), name())).forEach(app -> session.print(app.name().value()));
        }
    }

    @CommandLine.Command(description = "List the {} services that an app is linked to")
    static final class AppLinks extends Derived {
        @Parameters(index = "0", arity = "0..1", defaultValue = "", paramLabel = "<app>", description = "The app")
        private String app;

        AppLinks(Shared shared) {
            super(shared, "app-links");
        }

        @Override
        public Optional<AppName> app() {
            return Optional.of(AppName.of(app));
        }

        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            App linked = shared.apps().get(AppName.of(app));
            services().list(datastore()).stream().filter(service -> ServiceLinks.find(linked, service).isPresent())
                    .forEach(service -> session.print(service.name().value()));
        }
    }
}
