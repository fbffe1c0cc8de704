package hokku.core.command;

import hokku.api.Apps;
import hokku.api.spi.Command;
import hokku.core.plugin.Registry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// What a command takes, as data: for the completion of words, and for manual pages.
///
/// @param synopsis how it is called, without `dokku`
/// @param takesApp whether its first parameter is an app
/// @param words what its first parameter can be after the app, where that is known: the properties of a `:set` command
public record Outline(String name, String description, String synopsis, boolean takesApp, List<Flag> flags, List<Parameter> parameters,
        List<Word> words) {
    private static final Pattern PROPERTY = Pattern.compile("  ([a-z0-9-]+): (.*)");

    /// An option.
    ///
    /// @param value what stands for its value, `<lines>` or `stdout|json`; empty where it takes none
    public record Flag(List<String> names, String value, String description) {}

    public record Parameter(String label, String description) {}

    public record Word(String word, String description) {}

    public Outline {
        flags = List.copyOf(flags);
        parameters = List.copyOf(parameters);
        words = List.copyOf(words);
    }

    /// Every command there is, sorted by name, `help` and `version` too.
    public static List<Outline> all(Registry registry, Apps apps) {
        return new CommandTree(registry, apps).outlines();
    }

    /// One without anything but its name.
    static Outline plain(String name, String synopsis, String description) {
        return new Outline(name, description, synopsis, false, List.of(), List.of(), List.of());
    }

    static Outline of(String name, Supplier<? extends Command> command) {
        Invocation invocation = Invocation.of(name, command.get());
        CommandLine.Model.CommandSpec spec = invocation.spec();
        List<Flag> flags = new ArrayList<>();
        for (OptionSpec option : spec.options()) {
            if (!option.hidden()) {
                flags.add(new Flag(List.of(option.names()), option.arity().max() == 0 ? "" : option.paramLabel(), text(option)));
            }
        }
        // Not in the order in which the class happens to declare them: what is made of this is compared.
        flags.sort(Comparator.comparing(flag -> flag.names().getLast()));
        List<Parameter> parameters = new ArrayList<>();
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            parameters.add(new Parameter(parameter.paramLabel(), text(parameter)));
        }
        List<Word> words = new ArrayList<>();
        for (String line : spec.usageMessage().footer()) {
            Matcher property = PROPERTY.matcher(line.replace("%%", "%"));
            if (property.matches()) {
                words.add(new Word(property.group(1), property.group(2)));
            }
        }
        String synopsis = invocation.synopsis();
        return new Outline(name, String.join(" ", spec.usageMessage().description()), synopsis, takesApp(synopsis), flags, parameters, words);
    }

    /// Not where the app comes after something else, such as a service.
    private static boolean takesApp(String synopsis) {
        return synopsis.contains("<app>") && !synopsis.contains("<service>");
    }

    private static String text(ArgSpec argument) {
        return String.join(" ", argument.description()).replace("%%", "%");
    }
}
