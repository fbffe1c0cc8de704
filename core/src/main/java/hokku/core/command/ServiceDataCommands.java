package hokku.core.command;

import hokku.api.Access;
import hokku.api.UserError;
import hokku.api.spi.Session;
import hokku.core.command.DatastoreCommands.Derived;
import hokku.core.command.DatastoreCommands.OfService;
import hokku.core.command.DatastoreCommands.Shared;
import hokku.core.datastore.Transfers;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine;

/// The commands that bring the data of services out and in.
final class ServiceDataCommands {
    private ServiceDataCommands() {}

    static List<Supplier<Derived>> of(Shared shared) {
        return List.of(() -> new Export(shared), () -> new Import(shared));
    }

    @CommandLine.Command(description = "Write all data of a {} service to the standard output, and nothing else")
    static final class Export extends OfService {
        Export(Shared shared) {
            super(shared, "export");
        }

        @Override
        public Access access() {
            return Access.DEPLOY;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            new Transfers(services()).export(datastore(), name(), session.stdout());
        }
    }

    @CommandLine.Command(description = "Replace all data of a {} service by an export, from the standard input")
    static final class Import extends OfService {
        Import(Shared shared) {
            super(shared, "import");
        }

        @Override
        public Access access() {
            return Access.DEPLOY;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            if (session.terminal().isPresent()) {
                throw new UserError("No data provided on stdin. Give a dump, without a terminal: %s < db.dump".formatted(fullName() + " " + name()));
            }
            new Transfers(services()).restore(datastore(), name(), session.in());
            session.out().step("Imported the data of " + name());
        }
    }
}
