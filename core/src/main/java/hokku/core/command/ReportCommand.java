package hokku.core.command;

import hokku.api.Access;
import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/// `<group>:report`: what is set and what holds, of one app, of all, or of the whole server.
@Command(description = "Show what is set and what holds, for one app or for all")
final class ReportCommand implements hokku.api.spi.Command {
    private static final int LABEL_WIDTH = 31;

    private final ReportFields fields;
    private final Apps apps;

    @Option(names = "--global", description = "Report about the whole server")
    private boolean global;

    @Option(names = "--format", defaultValue = "", paramLabel = "stdout|json", description = "stdout (the default) or json")
    private String format;

    @Parameters(index = "0", arity = "0..1", defaultValue = "", paramLabel = "<app>", description = "The app; all when it is left out")
    private String app;

    /// The flag that selects one field: which ones there are is known when the fields are.
    @Unmatched
    private final List<String> flags = new ArrayList<>();

    ReportCommand(ReportFields fields, Apps apps) {
        this.fields = fields;
        this.apps = apps;
    }

    @Spec
    void spec(CommandSpec spec) {
        spec.name(name());
        spec.usageMessage().customSynopsis("dokku " + name() + " [<app>|--global] [--format stdout|json] [--" + fields.group() + "-<field>]");
    }

    @Override
    public Access access() {
        return Access.READ;
    }

    @Override
    public Optional<AppName> app() {
        return global || app.isEmpty() ? Optional.empty() : Optional.of(AppName.of(app));
    }

    @Override
    public void run(Session session) throws InterruptedException, PluginFailure {
        refuseUnclearWords();
        if (global) {
            tell("Global", fields.of(apps.global()), session);
        } else if (app().isPresent()) {
            tell(app, fields.of(apps.get(AppName.of(app))), session);
        } else {
            tellAll(session);
        }
    }

    private void refuseUnclearWords() {
        flags.stream().filter(word -> !word.startsWith("--")).findFirst().ifPresent(word -> {
            throw UserError.usage("Unexpected argument: " + word);
        });
        if (flags.size() > 1) {
            throw new UserError(name() + " command allows only a single flag");
        }
        if (!flags.isEmpty() && !format.isEmpty()) {
            throw new UserError("--format flag cannot be specified when specifying an info flag");
        }
        if (!List.of("", "stdout", "json").contains(format)) {
            throw new UserError("Format must be \"stdout\" or \"json\": \"" + format + "\"");
        }
        if (global && !app.isEmpty()) {
            throw UserError.usage("Name an app or give --global, not both");
        }
    }

    private void tellAll(Session session) throws InterruptedException, PluginFailure {
        Map<String, SequencedMap<String, String>> reports = new LinkedHashMap<>();
        for (AppName name : apps.list()) {
            // It may have been destroyed since the list was made.
            Optional<App> found = apps.find(name);
            if (found.isPresent()) {
                reports.put(name.value(), fields.of(found.get()));
            }
        }
        if (format.equals("json")) {
            session.json(reports);
            return;
        }
        if (reports.isEmpty()) {
            session.out().warn("You haven't deployed any applications yet");
        }
        reports.forEach((name, report) -> tell(name, report, session));
    }

    private void tell(String about, SequencedMap<String, String> report, Session session) {
        if (!flags.isEmpty()) {
            session.print(selected(report));
        } else if (format.equals("json")) {
            session.json(report);
        } else {
            tell(about, fields.group(), report, session);
        }
    }

    static void tell(String about, String group, SequencedMap<String, String> report, Session session) {
        session.out().milestone(about + " " + group + " information");
        report.forEach((flag, value) -> session.print(("       " + label(flag) + value).stripTrailing()));
    }

    private String selected(SequencedMap<String, String> report) {
        return Optional.ofNullable(report.get(flags.getFirst().substring(2))).orElseThrow(() -> new UserError(
                "Invalid flag passed, valid flags: " + report.keySet().stream().sorted().map(flag -> "--" + flag)
                        .collect(Collectors.joining(", "))));
    }

    /// `nginx-client-max-body-size` → `Nginx client max body size:`, padded to a column.
    private static String label(String flag) {
        String words = Character.toUpperCase(flag.charAt(0)) + flag.substring(1).replace('-', ' ') + ":";
        return words.length() < LABEL_WIDTH ? words + " ".repeat(LABEL_WIDTH - words.length()) : words + " ";
    }

    private String name() {
        return fields.group() + ":report";
    }
}
