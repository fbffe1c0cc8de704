package hokku.core.doctor;

import hokku.api.Access;
import hokku.api.Contributions;
import hokku.api.Finding;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.UserError;
import hokku.api.spi.Command;
import hokku.api.spi.Examination;
import hokku.api.spi.Session;
import hokku.core.command.OutputFormat;
import hokku.core.plugin.Snapshots;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine;

/// The command `doctor`: everything that the core and the plugins can look at, at once, and what to do about it.
public final class Doctor implements Plugin {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Snapshots snapshots;
    private final Function<PluginContext, List<Examination>> own;
    private final Rounds rounds;

    /// @param own what the core itself looks at
    public Doctor(Snapshots snapshots, Function<PluginContext, List<Examination>> own) {
        this(snapshots, own, PATIENCE);
    }

    Doctor(Snapshots snapshots, Function<PluginContext, List<Examination>> own, Duration patience) {
        this.snapshots = snapshots;
        this.own = own;
        this.rounds = new Rounds(patience);
    }

    @Override
    public void contribute(PluginContext context, Contributions to) {
        own.apply(context).forEach(to::examination);
        to.command(Look::new);
    }

    @CommandLine.Command(name = "doctor", description = "Look whether all that apps depend on is as it should be, and say what to do")
    private final class Look implements Command {
        @Mixin
        private final OutputFormat format = new OutputFormat();

        /// It tells of the whole machine, of every app and of who holds which port.
        @Override
        public Access access() {
            return Access.ADMIN;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            boolean json = format.isJson();
            List<Rounds.Result> results;
            try (Snapshots.Lease lease = snapshots.lease()) {
                results = rounds.make(lease);
            }
            if (json) {
                session.json(results.stream().map(Look::fields).toList());
            } else {
                results.forEach(result -> tell(result, session));
                session.out().milestone(summary(results));
            }
            if (count(results, Finding.State.WRONG) > 0) {
                session.exit(UserError.FAILED);
            }
        }

        private static void tell(Rounds.Result result, Session session) {
            Finding finding = result.finding();
            String mark = switch (finding.state()) {
                case WELL -> " ok    ";
                case WARNING -> " ?     ";
                case WRONG -> " !     ";
            };
            if (finding.state() != Finding.State.WELL || !session.quiet()) {
                session.print(mark + result.examination() + ": " + finding.text());
            }
            if (!finding.remedy().isEmpty()) {
                session.print("       " + finding.remedy());
            }
        }

        private static String summary(List<Rounds.Result> results) {
            long wrong = count(results, Finding.State.WRONG);
            long warnings = count(results, Finding.State.WARNING);
            if (wrong + warnings == 0) {
                return "All is well";
            }
            return (wrong == 0 ? "Nothing is wrong" : "Wrong: " + wrong) + (warnings == 0 ? "" : ", worth a look: " + warnings);
        }

        private static long count(List<Rounds.Result> results, Finding.State state) {
            return results.stream().filter(result -> result.finding().state() == state).count();
        }

        private static Map<String, String> fields(Rounds.Result result) {
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("plugin", result.plugin());
            fields.put("examination", result.examination());
            fields.put("state", result.finding().state().toString());
            fields.put("text", result.finding().text());
            fields.put("remedy", result.finding().remedy());
            return fields;
        }
    }
}
