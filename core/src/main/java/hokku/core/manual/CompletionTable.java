package hokku.core.manual;

import hokku.api.AppName;
import hokku.core.command.Outline;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What the scripts of the shells know: a line for each command, and one for each app.
///
/// A command's line is `name;app;flags;words`, of which the last three may be empty: a command without `app` takes none. A flag that takes a
/// value ends in `=`, with what the value can be behind it where that is known: `--format=stdout|json`. An app's line is `@name`.
final class CompletionTable {
    private static final Pattern CHOICES = Pattern.compile("[A-Za-z0-9._-]+(\\|[A-Za-z0-9._-]+)+");
    private static final Pattern PLAIN = Pattern.compile("--?[A-Za-z0-9][A-Za-z0-9-]*");

    private CompletionTable() {}

    static String of(List<Outline> commands, List<AppName> apps) {
        StringBuilder table = new StringBuilder();
        commands.forEach(command -> table.append(line(command)).append('\n'));
        apps.forEach(app -> table.append('@').append(app).append('\n'));
        return table.toString().stripTrailing();
    }

    private static String line(Outline command) {
        String flags = command.flags().stream().flatMap(flag -> flag.names().stream().filter(name -> PLAIN.matcher(name).matches())
                .map(name -> name + value(flag))).collect(Collectors.joining(" "));
        String words = command.words().isEmpty() ? choices(command) : command.words().stream().map(Outline.Word::word).collect(Collectors.joining(" "));
        return String.join(";", command.name(), command.takesApp() ? "app" : "", flags, words);
    }

    private static String value(Outline.Flag flag) {
        return flag.value().isEmpty() ? "" : CHOICES.matcher(flag.value()).matches() ? "=" + flag.value() : "=";
    }

    private static String choices(Outline command) {
        int first = command.takesApp() ? 1 : 0;
        String label = command.parameters().size() > first ? command.parameters().get(first).label() : "";
        return CHOICES.matcher(label).matches() ? label.replace('|', ' ') : "";
    }
}
