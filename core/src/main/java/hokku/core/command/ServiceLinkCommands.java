package hokku.core.command;

import hokku.api.Access;
import hokku.api.Apps;
import hokku.api.EnvKey;
import hokku.api.UserError;
import hokku.api.spi.Session;
import hokku.core.command.DatastoreCommands.Derived;
import hokku.core.command.DatastoreCommands.OfServiceAndApp;
import hokku.core.command.DatastoreCommands.Shared;
import hokku.core.datastore.Linking;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// The commands that link apps to services. Of variables they tell the names: what is printed here ends in the logs of whatever calls them.
final class ServiceLinkCommands {
    private ServiceLinkCommands() {}

    static List<Supplier<Derived>> of(Shared shared) {
        return List.of(() -> new Link(shared), () -> new Unlink(shared), () -> new Promote(shared));
    }

    /// A command that changes an app's links.
    private abstract static class Linker extends OfServiceAndApp {
        Linker(Shared shared, String verb) {
            super(shared, verb);
        }

        final Linking linking() {
            return new Linking(services());
        }

        @Override
        public Access access() {
            return Access.DEPLOY;
        }
    }

    /// A command that need not restart the app.
    private abstract static class Restarting extends Linker {
        @Option(names = {"-n", "--no-restart"}, arity = "0..1", fallbackValue = "true", paramLabel = "true|false",
                description = "Leave the app as it runs; its next deploy or restart heeds it")
        private boolean noRestart;

        Restarting(Shared shared, String verb) {
            super(shared, verb);
        }

        final Apps.Restart restart() {
            return noRestart ? Apps.Restart.NEVER : Apps.Restart.IF_NEEDED;
        }
    }

    @CommandLine.Command(description = "Link an app to a {} service: it gets its address, and reaches it")
    static final class Link extends Restarting {
        private static final Pattern QUERY = Pattern.compile("[\\x21-\\x7e&&[^#\"<>\\\\^`{|}]]*");

        @Option(names = {"-a", "--alias"}, paramLabel = "<name>", description = "What the name of the variable begins with, before _URL")
        private String alias;
        @Option(names = {"-q", "--querystring"}, paramLabel = "<query>", defaultValue = "", description = "What stands behind a ? in the address: pool=5")
        private String query;

        Link(Shared shared) {
            super(shared, "link");
        }

        @Override
        public void run(Session session) throws InterruptedException {
            Optional<String> named = Optional.ofNullable(alias).map(text -> text.replaceFirst("(?i)_URL$", ""));
            String wanted = query.startsWith("?") ? query.substring(1) : query;
            if (!QUERY.matcher(wanted).matches()) {
                throw UserError.usage("Invalid query string: write name=value pairs with & between them, and other characters as in addresses, such as %20");
            }
            EnvKey variable = linking().link(datastore(), name(), appName(), named, wanted, restart(), session.out());
            session.out().step("Setting config vars");
            session.out().detail(variable + ":  " + ReportFields.MASK);
            services().node().ifPresent(node -> session.out().detail(name() + " stays on " + node + ", where its volume is; tasks of " + appName()
                    + " reach it from every node"));
            if (restart() == Apps.Restart.NEVER) {
                session.out().detail("The next deploy or ps:restart of " + appName() + " heeds it");
            }
        }
    }

    @CommandLine.Command(description = "Take the link of an app to a {} service away; the data stays")
    static final class Unlink extends Restarting {
        Unlink(Shared shared) {
            super(shared, "unlink");
        }

        @Override
        public void run(Session session) throws InterruptedException {
            linking().unlink(datastore(), name(), appName(), restart(), session.out());
            session.out().step("Unlinked " + name() + " from " + appName());
        }
    }

    @CommandLine.Command(description = "Make a linked {} service the one that an app finds under the usual variable")
    static final class Promote extends Linker {
        Promote(Shared shared) {
            super(shared, "promote");
        }

        @Override
        public void run(Session session) throws InterruptedException {
            linking().promote(datastore(), name(), appName(), session.out());
            session.out().step("Setting config vars");
            session.out().detail(datastore().variable() + ":  " + ReportFields.MASK);
        }
    }
}
