package hokku.core.command;

import hokku.api.Access;
import hokku.api.ServiceName;
import hokku.api.UserError;
import hokku.api.spi.Session;
import hokku.core.command.DatastoreCommands.Derived;
import hokku.core.command.DatastoreCommands.OfService;
import hokku.core.command.DatastoreCommands.Shared;
import hokku.core.datastore.Consoles;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The commands that lead into the container of a service.
final class ServiceConsoleCommands {
    private ServiceConsoleCommands() {}

    static List<Supplier<Derived>> of(Shared shared) {
        return List.of(() -> new Connect(shared), () -> new Enter(shared), () -> new Logs(shared));
    }

    @CommandLine.Command(description = "Talk to a {} service with its own client")
    static final class Connect extends OfService {
        Connect(Shared shared) {
            super(shared, "connect");
        }

        /// Whoever talks to it can change everything in it.
        @Override
        public Access access() {
            return Access.DEPLOY;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            session.exit(new Consoles(services()).connect(datastore(), name(), session.attachment()));
        }
    }

    @CommandLine.Command(description = "Open a shell, or run a command, in the container of a {} service")
    static final class Enter extends OfService {
        @Parameters(index = "1..*", paramLabel = "<command>", description = "The command with its arguments; a shell without it")
        private List<String> words = List.of();

        Enter(Shared shared) {
            super(shared, "enter");
        }

        @Override
        public boolean optionsEndAtFirstParameter() {
            return true;
        }

        @Override
        public Access access() {
            return Access.DEPLOY;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            session.exit(new Consoles(services()).enter(datastore(), name(), words, session.attachment()));
        }
    }

    @CommandLine.Command(description = "Show what a {} service wrote")
    static final class Logs extends OfService {
        private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
        private static final int USUAL = 100;

        @Option(names = {"-t", "--tail"}, arity = "0..1", fallbackValue = "", paramLabel = "<lines>",
                description = "Go on until interrupted, after all that there is, or after so many lines")
        private String tail;
        @Option(names = {"-n", "--num"}, paramLabel = "<lines>", description = "How many lines; 100 without --tail")
        private String number;

        Logs(Shared shared) {
            super(shared, "logs");
        }

        @Override
        public Access access() {
            return Access.OPERATE;
        }

        /// In `--tail db` the word is the service and not a number of lines, which the parser cannot tell.
        private ServiceName service() {
            return tailIsService() ? ServiceName.of(tail) : name();
        }

        private boolean tailIsService() {
            return tail != null && !tail.isEmpty() && !isNamed();
        }

        @Override
        public List<String> audited() {
            return List.of(service().value());
        }

        @Override
        public void run(Session session) throws InterruptedException {
            boolean follow = tail != null;
            Optional<String> lines = Optional.ofNullable(number).or(() -> Optional.ofNullable(tail).filter(text -> !text.isEmpty() && !tailIsService()));
            lines.filter(text -> !NUMBER.matcher(text).matches()).ifPresent(text -> {
                throw UserError.usage("The number of lines must be 0 or more");
            });
            new Consoles(services()).logs(datastore(), service(), lines.map(Integer::parseInt).orElse(follow ? Consoles.ALL_LINES : USUAL), follow,
                    session::print, session.out());
        }
    }
}
