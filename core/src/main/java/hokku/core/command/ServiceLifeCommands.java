package hokku.core.command;

import hokku.api.Access;
import hokku.api.Service;
import hokku.api.ServiceName;
import hokku.api.spi.Session;
import hokku.core.command.DatastoreCommands.Derived;
import hokku.core.command.DatastoreCommands.OfService;
import hokku.core.command.DatastoreCommands.Shared;
import hokku.core.datastore.Services;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The commands by which services come and go.
final class ServiceLifeCommands {
    private ServiceLifeCommands() {}

    static List<Supplier<Derived>> of(Shared shared) {
        return List.of(() -> new Create(shared), () -> new Destroy(shared), () -> new Clone(shared), () -> new Rename(shared), () -> new ServiceUpgrade(shared),
                () -> new Start(shared), () -> new Stop(shared), () -> new Restart(shared), () -> new Pause(shared));
    }

    @CommandLine.Command(description = "Create a {} service")
    static final class Create extends OfService {
        @Mixin
        private final ServiceDetails details = new ServiceDetails();

        Create(Shared shared) {
            super(shared, "create");
        }

        @Override
        void describe(CommandSpec spec) {
            spec.usageMessage().footer("%nWithout --image-version the service gets what " + datastore().name() + ":set-property --global version says.");
        }

        @Override
        public Access access() {
            return Access.DEPLOY;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            String image = details.image(datastore().image(), shared.version());
            Service made = services().create(datastore(), name(), new Services.Wish(image, details::put), session.out());
            session.out().milestone(Services.capitalized(datastore()) + " container created: " + made.name());
            ServiceInfo.tell(shared, made, session);
        }
    }

    @CommandLine.Command(description = "Remove a {} service with all of its data")
    static final class Destroy extends OfService {
        @Option(names = {"-f", "--force"}, description = "Do not ask for the service's name")
        private boolean force;

        Destroy(Shared shared) {
            super(shared, "destroy");
        }

        @Override
        public Access access() {
            return Access.DEPLOY;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            Service service = services().get(datastore(), name());
            services().demandUnlinked(service);
            if (!force) {
                session.confirm(name().value(), "This command will destroy the " + datastore().name() + " service " + name() + " with all of its data.");
            }
            session.out().step("Deleting " + name());
            services().destroy(datastore(), name());
            session.out().milestone(Services.capitalized(datastore()) + " container deleted: " + name());
        }
    }

    /// A command with the name of another service as its second parameter.
    private abstract static class WithOther extends OfService {
        @Parameters(index = "1", arity = "0..1", defaultValue = "", paramLabel = "<new-service>", description = "The name of the new service")
        private String other;

        WithOther(Shared shared, String verb) {
            super(shared, verb);
        }

        final ServiceName other() {
            return ServiceName.of(other);
        }

        @Override
        public Access access() {
            return Access.DEPLOY;
        }

        @Override
        public List<String> audited() {
            return List.of(name().value(), other().value());
        }
    }

    @CommandLine.Command(description = "Make a {} service with the data of another one")
    static final class Clone extends WithOther {
        @Mixin
        private final ServiceDetails details = new ServiceDetails();

        Clone(Shared shared) {
            super(shared, "clone");
        }

        @Override
        public void run(Session session) throws InterruptedException {
            Service original = services().get(datastore(), name());
            String image = details.image(original.image().substring(0, original.image().length() - original.version().length() - 1), original.version());
            Service made = services().copy(datastore(), name(), other(), new Services.Wish(image, details::put), session.out());
            session.out().milestone(Services.capitalized(datastore()) + " container created: " + made.name());
            ServiceInfo.tell(shared, made, session);
        }
    }

    @CommandLine.Command(description = "Give a {} service another name; its address stays, and so do the links to it")
    static final class Rename extends WithOther {
        Rename(Shared shared) {
            super(shared, "rename");
        }

        @Override
        public void run(Session session) throws InterruptedException {
            services().rename(datastore(), name(), other());
            session.out().milestone(Services.capitalized(datastore()) + " service " + name() + " renamed to " + other());
        }
    }

    /// Starts or ends what runs of a service.
    private abstract static class Switch extends OfService {
        Switch(Shared shared, String verb) {
            super(shared, verb);
        }

        @Override
        public Access access() {
            return Access.OPERATE;
        }
    }

    @CommandLine.Command(description = "Start a {} service that was stopped or paused")
    static final class Start extends Switch {
        Start(Shared shared) {
            super(shared, "start");
        }

        @Override
        public void run(Session session) throws InterruptedException {
            session.out().step("Starting container");
            services().start(datastore(), name(), session.out());
            session.out().milestone("Container started");
        }
    }

    @CommandLine.Command(description = "Stop a {} service; its data stays")
    static final class Stop extends Switch {
        Stop(Shared shared) {
            super(shared, "stop");
        }

        @Override
        public void run(Session session) throws InterruptedException {
            session.out().step("Stopping container");
            services().stop(datastore(), name());
            session.out().milestone("Container stopped");
        }
    }

    @CommandLine.Command(description = "Stop a {} service, and start it again")
    static final class Restart extends Switch {
        Restart(Shared shared) {
            super(shared, "restart");
        }

        @Override
        public void run(Session session) throws InterruptedException {
            session.out().step("Restarting container");
            services().restart(datastore(), name(), session.out());
            session.out().milestone("Container restarted");
        }
    }

    @CommandLine.Command(description = "Halt what runs of a {} service until it is started again")
    static final class Pause extends Switch {
        Pause(Shared shared) {
            super(shared, "pause");
        }

        @Override
        public void run(Session session) throws InterruptedException {
            session.out().step("Pausing container");
            services().pause(datastore(), name());
            session.out().milestone("Container paused");
        }
    }
}
