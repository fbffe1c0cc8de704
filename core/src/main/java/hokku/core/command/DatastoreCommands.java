package hokku.core.command;

import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.ServiceName;
import hokku.api.spi.Command;
import hokku.api.spi.Datastore;
import hokku.core.datastore.Services;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// The commands that follow from a datastore: `postgres:create` and so on. Each group of them is a class of its own.
public final class DatastoreCommands {
    private DatastoreCommands() {}

    /// @return the commands by name
    public static Map<String, Supplier<? extends Command>> of(Datastore datastore, Services services, Apps apps) {
        Shared shared = new Shared(datastore, services, apps);
        Map<String, Supplier<? extends Command>> commands = new TreeMap<>();
        new ServiceLifeCommands(shared).addTo(commands);
        return commands;
    }

    /// What all of them work on.
    record Shared(Datastore datastore, Services services, Apps apps) {
        String name(String verb) {
            return datastore.name() + ":" + verb;
        }
    }

    /// A command whose noun is the datastore's name.
    abstract static class Derived implements Command {
        final Shared shared;
        private final String verb;

        Derived(Shared shared, String verb) {
            this.shared = shared;
            this.verb = verb;
        }

        @Spec
        void spec(CommandSpec spec) {
            spec.name(shared.name(verb));
        }

        final Datastore datastore() {
            return shared.datastore();
        }

        final Services services() {
            return shared.services();
        }
    }

    /// A command about one service, which is its first parameter.
    abstract static class OfService extends Derived {
        @Parameters(index = "0", arity = "0..1", defaultValue = "", paramLabel = "<service>", description = "The service")
        private String service;

        OfService(Shared shared, String verb) {
            super(shared, verb);
        }

        /// @throws hokku.api.UserError when none was given, or what was given can be none
        final ServiceName name() {
            return ServiceName.of(service);
        }

        @Override
        public Optional<AppName> app() {
            return Optional.empty();
        }
    }
}
