package hokku.core.command;

import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.ServiceName;
import hokku.api.spi.Command;
import hokku.api.spi.Datastore;
import hokku.core.datastore.Services;
import hokku.core.datastore.backup.Backups;
import hokku.core.plugin.Derivation;
import hokku.core.plugin.Snapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// What follows from a datastore: the commands `postgres:create` and so on, each group of them in a class of its own, and a setting.
public final class DatastoreCommands {
    private DatastoreCommands() {}

    /// @param snapshots where the settings of the datastore's group are
    public static Derivation derive(Datastore datastore, Services services, Backups backups, Apps apps, Snapshots snapshots) {
        return new Derivation(commands(new Shared(datastore, services, backups, apps, snapshots)), List.of(DatastoreSettings.version(datastore)));
    }

    private static Map<String, Supplier<? extends Command>> commands(Shared shared) {
        Map<String, Supplier<? extends Command>> commands = new TreeMap<>();
        List<Supplier<Derived>> all = new ArrayList<>();
        all.addAll(ServiceLifeCommands.of(shared));
        all.addAll(ServiceLookCommands.of(shared));
        all.addAll(ServiceLinkCommands.of(shared));
        all.addAll(ServiceConsoleCommands.of(shared));
        all.addAll(ServiceDataCommands.of(shared));
        all.addAll(ServiceChangeCommands.of(shared));
        all.addAll(BackupCommands.of(shared));
        all.addAll(BackupSettingCommands.of(shared));
        all.forEach(command -> commands.put(command.get().fullName(), command));
        return commands;
    }

    /// What all of them work on.
    record Shared(Datastore datastore, Services services, Backups backups, Apps apps, Snapshots snapshots) {
        /// The version of the image where a command names none.
        String version() {
            return apps.global().value(DatastoreSettings.version(datastore)).orElseThrow();
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
            spec.name(fullName());
            describe(spec);
        }

        /// Adds what annotations cannot say.
        void describe(CommandSpec spec) {}

        final String fullName() {
            return datastore().name() + ":" + verb;
        }

        /// What its annotation says, with the datastore's title for `{}`.
        final String description() {
            return getClass().getAnnotation(CommandLine.Command.class).description()[0].replace("{}", datastore().title());
        }

        final Datastore datastore() {
            return shared.datastore();
        }

        final Services services() {
            return shared.services();
        }

        final Backups backups() {
            return shared.backups();
        }
    }

    /// A command about one service, which is its first parameter.
    abstract static class OfService extends Derived {
        @Parameters(index = "0", arity = "0..1", defaultValue = "", paramLabel = "<service>", description = "The service")
        private String service;

        OfService(Shared shared, String verb) {
            super(shared, verb);
        }

        final boolean isNamed() {
            return !service.isEmpty();
        }

        /// @throws hokku.api.UserError when none was given, or what was given can be none
        final ServiceName name() {
            return ServiceName.of(service);
        }

        @Override
        public List<String> audited() {
            return List.of(name().value());
        }
    }

    /// A command about one service and one app.
    abstract static class OfServiceAndApp extends OfService {
        @Parameters(index = "1", arity = "0..1", defaultValue = "", paramLabel = "<app>", description = "The app")
        private String app;

        OfServiceAndApp(Shared shared, String verb) {
            super(shared, verb);
        }

        final AppName appName() {
            return AppName.of(app);
        }

        @Override
        public Optional<AppName> app() {
            return Optional.of(appName());
        }
    }
}
