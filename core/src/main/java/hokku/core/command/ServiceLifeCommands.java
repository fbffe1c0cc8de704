package hokku.core.command;

import hokku.api.Access;
import hokku.api.Env;
import hokku.api.EnvKey;
import hokku.api.Service;
import hokku.api.ServiceName;
import hokku.api.UserError;
import hokku.api.spi.Command;
import hokku.api.spi.Session;
import hokku.core.command.DatastoreCommands.OfService;
import hokku.core.command.DatastoreCommands.Shared;
import hokku.core.datastore.Services;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The commands by which services come and go.
final class ServiceLifeCommands {
    private final Shared shared;

    ServiceLifeCommands(Shared shared) {
        this.shared = shared;
    }

    void addTo(Map<String, Supplier<? extends Command>> commands) {
        commands.put(shared.name("create"), () -> new Create(shared));
        commands.put(shared.name("destroy"), () -> new Destroy(shared));
        commands.put(shared.name("clone"), () -> new Clone(shared));
        commands.put(shared.name("rename"), () -> new Rename(shared));
        commands.put(shared.name("start"), () -> new Start(shared));
        commands.put(shared.name("stop"), () -> new Stop(shared));
        commands.put(shared.name("restart"), () -> new Restart(shared));
        commands.put(shared.name("pause"), () -> new Pause(shared));
    }

    /// What a new service may be like, with the flags that Dokku's plugins have.
    static final class Details {
        private static final long MEGABYTE = 1 << 20;

        @Option(names = {"-c", "--config-options"}, paramLabel = "<words>", description = "Further words for the server's command line")
        private String options;
        @Option(names = {"-C", "--custom-env"}, paramLabel = "KEY=VALUE;...", description = "Further variables of its container")
        private String variables;
        @Option(names = {"-i", "--image"}, paramLabel = "<image>", description = "Image to use, without its version")
        private String image;
        @Option(names = {"-I", "--image-version"}, paramLabel = "<version>", description = "Version of the image")
        private String version;
        @Option(names = {"-m", "--memory"}, paramLabel = "<megabytes>", description = "Memory limit, in megabytes")
        private Long memory;
        @Option(names = {"-s", "--shm-size"}, paramLabel = "<megabytes>", description = "Size of the shared memory, in megabytes")
        private Long shm;
        @Option(names = {"-p", "--password"}, paramLabel = "<password>", description = "Password that apps get; a random one without it")
        private String password;
        @Option(names = {"-r", "--root-password"}, paramLabel = "<password>", description = "Password of the administrator, where that is another one")
        private String root;
        @Option(names = {"-N", "--initial-network"}, paramLabel = "<network>", description = "Network that its container is made in")
        private String initial;
        @Option(names = {"-P", "--post-create-network"}, split = ",", paramLabel = "<network>", description = "Further networks that it joins before it starts")
        private List<String> afterCreation = List.of();
        @Option(names = {"-S", "--post-start-network"}, split = ",", paramLabel = "<network>", description = "Further networks that it joins")
        private List<String> afterStart = List.of();

        String image(String usual, String usualVersion) {
            String chosen = Optional.ofNullable(image).orElse(usual) + ":" + Optional.ofNullable(version).orElse(usualVersion);
            if (!chosen.matches("[a-z0-9][A-Za-z0-9._/:-]{0,200}")) {
                throw new UserError("Invalid image specified: use the name of an image, and --image-version for its version");
            }
            return chosen;
        }

        Service put(Service service) {
            Service changed = service.withPasswords(Optional.ofNullable(password).map(Details::secret).orElse(service.password()),
                    Optional.ofNullable(root).or(() -> Optional.ofNullable(password)).map(Details::secret).orElse(service.rootPassword()));
            changed = changed.withLimits(bytes(memory, service.memory()), bytes(shm, service.shmSize()));
            changed = changed.withOptions(options == null ? service.options() : Words.split(options), variables == null ? service.env() : parsed(variables));
            if (!afterCreation.isEmpty() || !afterStart.isEmpty()) {
                List<String> networks = new ArrayList<>(afterCreation);
                networks.addAll(afterStart);
                changed = changed.withNetworks(networks);
            }
            return initial == null ? changed : changed.withSetting(Services.INITIAL_NETWORK, initial);
        }

        private static String secret(String text) {
            if (text.isEmpty() || text.length() > 200 || text.codePoints().anyMatch(Character::isISOControl)) {
                throw new UserError("Invalid password: use a line of up to 200 characters");
            }
            return text;
        }

        private static OptionalLong bytes(Long megabytes, OptionalLong otherwise) {
            if (megabytes == null) {
                return otherwise;
            }
            if (megabytes < 6 || megabytes > 1 << 24) {
                throw new UserError("Invalid size: use a number of megabytes, at least 6");
            }
            return OptionalLong.of(megabytes * MEGABYTE);
        }

        private static Env parsed(String text) {
            Env env = Env.EMPTY;
            for (String pair : text.split(";")) {
                int equals = pair.indexOf('=');
                if (equals < 1) {
                    throw new UserError("Invalid --custom-env: write KEY=VALUE;OTHER=VALUE");
                }
                env = env.with(EnvKey.of(pair.substring(0, equals).strip()), pair.substring(equals + 1));
            }
            return env;
        }
    }

    @CommandLine.Command(description = "Create a service")
    static final class Create extends OfService {
        @Mixin
        private final Details details = new Details();

        Create(Shared shared) {
            super(shared, "create");
        }

        @Override
        public Access access() {
            return Access.DEPLOY;
        }

        @Override
        public List<String> audited() {
            return List.of(name().value());
        }

        @Override
        public void run(Session session) throws InterruptedException {
            String image = details.image(datastore().image(), datastore().version());
            Service made = services().create(datastore(), name(), new Services.Wish(image, details::put), session.out());
            session.out().milestone(Services.capitalized(datastore()) + " container created: " + made.name());
            ServiceInfo.tell(shared, made, session);
        }
    }

    @CommandLine.Command(description = "Remove a service with all of its data")
    static final class Destroy extends OfService {
        Destroy(Shared shared) {
            super(shared, "destroy");
        }

        @Override
        public Access access() {
            return Access.DEPLOY;
        }

        @Override
        public List<String> audited() {
            return List.of(name().value());
        }

        @Override
        public void run(Session session) throws InterruptedException {
            Service service = services().get(datastore(), name());
            services().demandUnlinked(service);
            session.confirm(name().value(), "This command will destroy the " + datastore().name() + " service " + name() + " with all of its data.");
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

    @CommandLine.Command(description = "Make a service with the data of another one")
    static final class Clone extends WithOther {
        @Mixin
        private final Details details = new Details();

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

    @CommandLine.Command(description = "Give a service another name; its address stays, and so do the links to it")
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

        @Override
        public List<String> audited() {
            return List.of(name().value());
        }
    }

    @CommandLine.Command(description = "Start a service that was stopped or paused")
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

    @CommandLine.Command(description = "Stop a service; its data stays")
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

    @CommandLine.Command(description = "Stop a service, and start it again")
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

    @CommandLine.Command(description = "Halt what runs of a service until it is started again")
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
