package hokku.core.command;

import hokku.api.Access;
import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.UserError;
import hokku.api.spi.Report;
import hokku.api.spi.Session;
import hokku.core.deploy.Builds;
import hokku.core.deploy.Builds.Build;
import hokku.core.deploy.LiveApps;
import hokku.core.state.BuildRecord;
import hokku.core.state.BuildRecord.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The commands about deploys that run, and those that did: `builds:*`.
public final class BuildCommands implements Plugin {
    private static final String CURRENT = "current";
    private static final String IDLE = "App not currently deploying";

    private final Builds builds;
    private final LiveApps apps;

    public BuildCommands(Builds builds, LiveApps apps) {
        this.builds = builds;
        this.apps = apps;
    }

    @Override
    public void contribute(PluginContext context, Contributions to) {
        to.command(ListAll::new);
        to.command(Info::new);
        to.command(Output::new);
        to.command(Cancel::new);
        to.command(Prune::new);
        to.report(new BuildReport(builds));
    }

    private static String time(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static Duration took(BuildRecord build) {
        return build.status() == Status.ABANDONED || build.status() == Status.SUCCEEDED && build.finished().isEmpty() ? Duration.ZERO
                : Duration.between(build.started(), build.finished().orElseGet(Instant::now));
    }

    /// `1m2s`.
    private static String words(Duration duration) {
        Duration rounded = Duration.ofSeconds(Math.max(0, (duration.toMillis() + 500) / 1000));
        return rounded.toString().substring(2).toLowerCase(Locale.ROOT);
    }

    private static SequencedMap<String, Object> fields(Build build) {
        BuildRecord record = build.record();
        SequencedMap<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", record.number() == 0 ? "" : String.valueOf(record.number()));
        fields.put("app", build.app());
        fields.put("kind", "build");
        fields.put("status", record.status());
        fields.put("source", record.source());
        fields.put("commit", record.commit());
        fields.put("by", record.by());
        fields.put("started_at", time(record.started()));
        fields.put("finished_at", record.finished().map(BuildCommands::time).orElse(""));
        fields.put("duration", words(took(record)));
        fields.put("stage", record.stage());
        fields.put("reason", record.reason());
        SequencedMap<String, Double> stages = new LinkedHashMap<>();
        record.stages().forEach((stage, time) -> stages.put(stage, time.toMillis() / 1000.0));
        fields.put("stages", stages);
        return fields;
    }

    @CommandLine.Command(name = "builds:list", description = "List the builds of an app, the newest first; what runs now of all apps without one")
    final class ListAll extends OptionalAppCommand {
        @Mixin
        private final OutputFormat format = new OutputFormat();
        @Option(names = "--kind", paramLabel = "build|deploy", description = "Only this kind; every push and ps:rebuild is a build")
        private String kind;
        @Option(names = "--status", paramLabel = "<status>", description = "Only these: waiting, running, succeeded, failed, canceled, abandoned")
        private String status;

        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            boolean json = format.isJson();
            if (kind != null && !List.of("build", "deploy").contains(kind)) {
                throw new UserError("Invalid --kind value \"" + kind + "\" (allowed: build, deploy)");
            }
            Optional<Status> wanted = Optional.ofNullable(status).map(BuildCommands::status);
            List<Build> found = app().map(builds::of).orElseGet(builds::open).stream()
                    .filter(build -> wanted.filter(each -> each != build.record().status()).isEmpty() && !"deploy".equals(kind)).toList();
            if (json) {
                session.json(found.stream().map(BuildCommands::fields).toList());
                return;
            }
            if (found.isEmpty()) {
                session.print(isNamed() ? "No builds recorded for this app" : "No builds currently running");
                return;
            }
            String row = (isNamed() ? "%s" : "%-20s ") + "%-9s %-10s %-9s %-21s %-9s %s";
            session.print(row.formatted(isNamed() ? "" : "App", "Build ID", "Status", "Commit", "Started", "Duration", "By"));
            found.forEach(build -> session.print(row.formatted(isNamed() ? "" : build.app(),
                    build.record().number() == 0 ? "-" : build.record().number(), build.record().status(), shortened(build.record().commit()),
                    time(build.record().started()), words(took(build.record())), build.record().by())));
        }
    }

    private static Status status(String text) {
        String name = text.equals("cancelled") ? "canceled" : text;
        return Arrays.stream(Status.values()).filter(each -> each.toString().equals(name)).findFirst().orElseThrow(() -> new UserError(
                "Invalid --status value \"" + text + "\" (allowed: " + Arrays.stream(Status.values()).map(Status::toString)
                        .collect(Collectors.joining(", ")) + ")"));
    }

    private static String shortened(String commit) {
        return commit.substring(0, Math.min(8, commit.length()));
    }

    /// A command about one build of an app.
    private abstract class BuildCommand extends AppCommand {
        @Parameters(index = "1", arity = "0..1", paramLabel = "<build-id>|current", description = "Number of the build, or the one that runs;"
                + " without it the newest")
        private String id;

        @Override
        public Access access() {
            return Access.READ;
        }

        /// Empty when the one that runs is meant, and none does.
        Optional<Integer> number() {
            if (CURRENT.equals(id)) {
                return builds.runningNumber(name());
            }
            if (id == null) {
                return Optional.of(builds.lastNumber(name()).orElseThrow(() -> new UserError("No builds recorded for " + name()
                        + ": push a repository to make one")));
            }
            if (!id.matches("[1-9][0-9]{0,8}")) {
                throw UserError.usage("A build is named by its number, or by \"current\": " + id);
            }
            return Optional.of(Integer.valueOf(id));
        }
    }

    @CommandLine.Command(name = "builds:info", description = "Show one build of an app, and the time that each stage took")
    final class Info extends BuildCommand {
        @Mixin
        private final OutputFormat format = new OutputFormat();

        @Override
        public void run(Session session) {
            Build build = builds.get(name(), number().orElseThrow(() -> new UserError(IDLE)));
            SequencedMap<String, Object> fields = fields(build);
            if (format.isJson()) {
                session.json(fields);
                return;
            }
            session.out().milestone(name() + " build " + build.record().number());
            fields.forEach((field, value) -> {
                if (!(value instanceof Map<?, ?>) && !value.toString().isEmpty()) {
                    session.print("       %-12s %s".formatted(field.replace('_', '-') + ":", value));
                }
            });
            build.record().stages().forEach((stage, time) -> session.print(
                    "       %-12s %s".formatted(stage + ":", String.format(Locale.ROOT, "%.3f s", time.toMillis() / 1000.0))));
        }
    }

    @CommandLine.Command(name = "builds:output", description = "Show what a build told its pusher")
    final class Output extends BuildCommand {
        @Option(names = {"-t", "--tail"}, description = "Go on until a build that runs has ended")
        private boolean follow;

        @Override
        public void run(Session session) throws InterruptedException {
            Optional<Integer> number = number();
            if (number.isEmpty()) {
                session.out().step(IDLE);
                return;
            }
            builds.output(name(), number.get(), follow, session::print);
        }
    }

    @CommandLine.Command(name = "builds:cancel", description = "End what is being deployed of an app, and what waits; the former release stays")
    final class Cancel extends AppCommand {
        @Override
        public Access access() {
            return Access.DEPLOY;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            Builds.Cancelled cancelled = builds.cancel(name(), session.identity(),
                    what -> session.out().step("Cancelling the deploy of " + what));
            if (cancelled.ended().isEmpty() && cancelled.live().isEmpty()) {
                session.out().step(IDLE);
            }
            cancelled.ended().forEach(what -> session.out().detail("Cancelled: " + what));
            if (!cancelled.live().isEmpty()) {
                throw new UserError("It was too late for " + String.join(", ", cancelled.live())
                        + ": that is live. Go back with releases:rollback " + name());
            }
        }
    }

    @CommandLine.Command(name = "builds:prune", description = "Remove builds beyond the limits of builds:report now")
    final class Prune extends OptionalAppCommand {
        @Option(names = "--all-apps", description = "Every app")
        private boolean all;

        @Override
        public Access access() {
            return isNamed() ? Access.OPERATE : Access.ADMIN;
        }

        @Override
        public void run(Session session) {
            if (all == isNamed()) {
                throw UserError.usage("Name an app or give --all-apps");
            }
            for (AppName each : all ? apps.list() : List.of(name())) {
                builds.prune(each);
            }
        }
    }

    /// The fields of `builds:report` about the newest build.
    record BuildReport(Builds builds) implements Report {
        @Override
        public String group() {
            return "builds";
        }

        @Override
        public String prefix() {
            return "build-";
        }

        @Override
        public SequencedMap<String, String> fields(App app) {
            SequencedMap<String, Object> newest = builds.lastNumber(app.name()).map(number -> BuildCommands.fields(builds.get(app.name(), number)))
                    .orElseGet(LinkedHashMap::new);
            SequencedMap<String, String> fields = new LinkedHashMap<>();
            for (String name : List.of("id", "kind", "status", "source", "started_at", "finished_at")) {
                fields.put(name.replace('_', '-'), newest.getOrDefault(name, "").toString());
            }
            return fields;
        }
    }
}
