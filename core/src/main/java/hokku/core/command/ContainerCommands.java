package hokku.core.command;

import hokku.api.Access;
import hokku.api.Attachment;
import hokku.api.Contributions;
import hokku.api.Env;
import hokku.api.Instance;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.UserError;
import hokku.api.spi.Command;
import hokku.api.spi.Session;
import hokku.core.deploy.Containers;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The commands that look into containers: `run`, `enter`, `logs`.
public final class ContainerCommands implements Plugin {
    private final Containers containers;

    public ContainerCommands(Containers containers) {
        this.containers = containers;
    }

    @Override
    public void contribute(PluginContext context, Contributions to) {
        to.command(Run::new);
        to.command(Enter::new);
        to.command(Logs::new);
    }

    @CommandLine.Command(name = "run", description = "Run a command in a new container of an app")
    final class Run extends AppCommand {
        @Option(names = {"-e", "--env"}, paramLabel = "KEY=VALUE", description = "Further variable for the command")
        private List<String> variables = List.of();
        @Option(names = "--no-tty", description = "Give the command no terminal")
        private boolean noTerminal;
        @Parameters(index = "1..*", arity = "1..*", paramLabel = "<command>", description = "Command with its arguments, or a process type")
        private List<String> command;

        @Override
        public boolean optionsEndAtFirstParameter() {
            return true;
        }

        @Override
        public Access access() {
            return Access.OPERATE;
        }

        @Override
        public void run(Session session) throws Exception {
            Env further = Env.EMPTY;
            for (String variable : variables) {
                int equals = variable.indexOf('=');
                if (equals < 1) {
                    throw UserError.usage("Invalid env pair: write --env KEY=VALUE");
                }
                further = further.with(variable.substring(0, equals), variable.substring(equals + 1));
            }
            Attachment given = session.attachment();
            Attachment attachment = noTerminal ? Attachment.of(given.in(), given.out(), given.err(), Optional.empty()) : given;
            session.exit(containers.run(name(), command, further, attachment, session.out()));
        }
    }

    @CommandLine.Command(name = "enter", description = "Open a shell, or run a command, in a container that runs")
    final class Enter extends AppCommand {
        @Option(names = "--container-id", paramLabel = "<container>", description = "Container to enter")
        private String container;
        @Parameters(index = "1..*", paramLabel = "<process> <command>", description = "Process type or web.1, then a command")
        private List<String> words = List.of();

        @Override
        public boolean optionsEndAtFirstParameter() {
            return true;
        }

        @Override
        public Access access() {
            return Access.OPERATE;
        }

        @Override
        public void run(Session session) throws Exception {
            boolean named = container == null && !words.isEmpty();
            List<String> command = named ? words.subList(1, words.size()) : words;
            if (!command.isEmpty() && command.getFirst().equals("--")) {
                command = command.subList(1, command.size());
            }
            session.exit(containers.enter(name(), named ? Optional.of(words.getFirst()) : Optional.empty(),
                    Optional.ofNullable(container), command, session.attachment()));
        }
    }

    @CommandLine.Command(name = "logs", description = "Show what an app's containers wrote")
    final class Logs extends AppCommand {
        @Option(names = {"-t", "--tail"}, description = "Go on until interrupted")
        private boolean follow;
        @Option(names = {"-n", "--num"}, paramLabel = "<lines>", defaultValue = "100", description = "Lines of each container (${DEFAULT-VALUE})")
        private int lines;
        @Option(names = {"-p", "--ps"}, paramLabel = "<process>", description = "Only this process type, or web.1")
        private String process;
        @Option(names = {"-q", "--quiet"}, description = "Only what the containers wrote, without time and name")
        private boolean quiet;

        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) throws Exception {
            if (lines < 0) {
                throw UserError.usage("The number of lines must be 0 or more");
            }
            containers.logs(name(), Optional.ofNullable(process), lines, follow,
                    (from, at, error, text) -> session.print(quiet || session.quiet() ? text : marked(from, at, text)));
        }

        private String marked(Instance from, Instant at, String text) {
            return at + " " + name() + "[" + from.dyno() + "]: " + text;
        }
    }
}
