package hokku.core.command;

import hokku.api.Access;
import hokku.api.Apps;
import hokku.api.Contributions;
import hokku.api.Json;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.UserError;
import hokku.api.spi.Command;
import hokku.api.spi.Session;
import hokku.core.deploy.CoreSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import picocli.CommandLine.Mixin;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Who did what, and when: `events`, `events:list`, `events:on`, `events:off`. Read from the [Audit] log, which holds no values.
public final class EventCommands implements Plugin {
    private final Audit audit;
    private final Json json;
    private final Apps apps;

    public EventCommands(Audit audit, Json json, Apps apps) {
        this.audit = audit;
        this.json = json;
        this.apps = apps;
    }

    @Override
    public void contribute(PluginContext context, Contributions to) {
        to.command(Last::new);
        to.command(Listing::new);
        to.command(On::new);
        to.command(Off::new);
    }

    private void setRecorded(boolean recorded, Session session) throws InterruptedException {
        if (isRecorded() != recorded) {
            apps.changeGlobal(global -> global.withSetting(CoreSettings.EVENTS_RECORDED, String.valueOf(recorded)), Apps.Restart.NEVER,
                    session.out());
        }
    }

    private boolean isRecorded() {
        return apps.global().value(CoreSettings.EVENTS_RECORDED).orElseThrow();
    }

    /// A command that shows events.
    private abstract sealed class Showing implements Command {
        @Parameters(index = "0", arity = "0..1", defaultValue = "", paramLabel = "<app>",
                description = "Only those about this app, which may be gone")
        private String app;

        @Option(names = "--who", defaultValue = "", paramLabel = "<key>", description = "Only those of the key of this name")
        private String who;

        @Mixin
        private final OutputFormat format = new OutputFormat();

        /// It tells of every app, and of everybody.
        @Override
        public final Access access() {
            return Access.ADMIN;
        }

        final void show(Session session, int most) throws IOException {
            tellIfOff(session);
            show(session, audit.last(most, wanted()));
        }

        final void follow(Session session, int most) throws IOException, InterruptedException {
            tellIfOff(session);
            boolean asJson = format.isJson();
            try (Audit.Tail tail = audit.tail(most, wanted())) {
                tail.former().forEach(line -> show(session, line, asJson));
                while (true) {
                    show(session, tail.next(), asJson);
                }
            }
        }

        private void tellIfOff(Session session) {
            if (!isRecorded()) {
                session.out().warn("Events are not recorded at present. See events:on");
            }
        }

        private void show(Session session, List<String> lines) {
            if (format.isJson()) {
                session.json(lines.stream().flatMap(line -> parsed(line).stream()).toList());
            } else {
                lines.forEach(line -> show(session, line, false));
            }
        }

        private void show(Session session, String line, boolean asJson) {
            if (asJson) {
                session.print(line);
            } else {
                parsed(line).map(this::text).ifPresent(session::print);
            }
        }

        private Predicate<String> wanted() {
            return line -> parsed(line).filter(event -> (app.isEmpty() || app.equals(event.get("app")))
                    && (who.isEmpty() || who.equals(event.get("who")))).isPresent();
        }

        /// A line that a crash cut off is none.
        private Optional<Map<?, ?>> parsed(String line) {
            try {
                return json.read(line) instanceof Map<?, ?> event ? Optional.of(event) : Optional.empty();
            } catch (UserError torn) {
                return Optional.empty();
            }
        }

        private String text(Map<?, ?> event) {
            List<String> words = new ArrayList<>();
            words.add(event.get("when") + " " + event.get("who") + ":");
            words.add(String.valueOf(event.get("command")));
            Optional.ofNullable(event.get("app")).map(Objects::toString).ifPresent(words::add);
            if (event.get("names") instanceof List<?> names) {
                names.forEach(name -> words.add(name.toString()));
            }
            words.add("(exit " + event.get("exit") + ", " + event.get("ms") + " ms)");
            return String.join(" ", words).replaceAll("\\p{Cntrl}", "?");
        }
    }

    @CommandLine.Command(name = "events", description = "Show the last events: who did what, and when (-t follows)")
    final class Last extends Showing {
        @Option(names = {"-t", "--tail"}, description = "Go on with what comes, until interrupted")
        private boolean follow;

        @Option(names = {"-n", "--num"}, paramLabel = "<lines>", defaultValue = "100", description = "How many to begin with")
        private int most;

        @Override
        public void run(Session session) throws IOException, InterruptedException {
            if (most < 0) {
                throw UserError.usage("The number of events is negative: " + most);
            }
            if (follow) {
                follow(session, most);
            } else {
                show(session, most);
            }
        }
    }

    @CommandLine.Command(name = "events:list", description = "List all events that are kept")
    final class Listing extends Showing {
        @Override
        public void run(Session session) throws IOException {
            show(session, Integer.MAX_VALUE);
        }
    }

    @CommandLine.Command(name = "events:on", description = "Record events from now on, as is initially so")
    final class On implements Command {
        @Override
        public Access access() {
            return Access.ADMIN;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            setRecorded(true, session);
            session.out().step("Enabling events logger");
        }
    }

    @CommandLine.Command(name = "events:off", description = "Record no events any more; those that were recorded stay")
    final class Off implements Command {
        @Override
        public Access access() {
            return Access.ADMIN;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            setRecorded(false, session);
            session.out().step("Disabling events logger");
        }
    }
}
