package hokku.dockerfile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What has to be known of a Dockerfile before and after its build. The engine alone judges whether it is right.
///
/// @param arguments what each ARG is when nobody says otherwise, empty where it has no default
/// @param bases what stands behind FROM, as written
record Dockerfile(Map<String, String> arguments, Set<String> bases, List<Integer> exposed, boolean keptFromProxy) {
    private static final Pattern NO_HTTP_PROXY = Pattern.compile("(?im)^#\\s*NO_HTTP_PROXY\\b");
    private static final Pattern PORT = Pattern.compile("([0-9]{1,5})(-[0-9]{1,5})?(/tcp)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern ARGUMENT = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)(?:=[\"']?(.*?)[\"']?)?");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:([a-zA-Z_][a-zA-Z0-9_]*)|\\{([a-zA-Z_][a-zA-Z0-9_]*)(?::-([^}]*))?})");
    private static final Pattern BACKTICK_ESCAPES = Pattern.compile("(?i)\\A\\s*#\\s*escape\\s*=\\s*`");

    Dockerfile {
        arguments = Map.copyOf(arguments);
        bases = Set.copyOf(bases);
        exposed = List.copyOf(exposed);
    }

    static Dockerfile parse(String text) {
        Map<String, String> arguments = new HashMap<>();
        Set<String> bases = new LinkedHashSet<>();
        Set<Integer> exposed = new LinkedHashSet<>();
        for (String instruction : instructions(text)) {
            String[] words = instruction.strip().split("\\s+");
            switch (words[0].toUpperCase(Locale.ROOT)) {
                case "ARG" -> rest(words).map(ARGUMENT::matcher).filter(Matcher::matches).forEach(argument ->
                        arguments.merge(argument.group(1), Optional.ofNullable(argument.group(2)).orElse(""),
                                (first, again) -> first.isEmpty() ? again : first));
                case "FROM" -> {
                    // what an earlier stage exposes is not the image's
                    exposed.clear();
                    rest(words).filter(word -> !word.startsWith("--")).findFirst().ifPresent(bases::add);
                }
                case "EXPOSE" -> rest(words).map(PORT::matcher).filter(Matcher::matches)
                        .map(port -> Integer.valueOf(port.group(1))).forEach(exposed::add);
                default -> { }
            }
        }
        return new Dockerfile(arguments, bases, new ArrayList<>(exposed), NO_HTTP_PROXY.matcher(text).find());
    }

    /// The names of the images that stages begin with, as far as they can be told without the engine.
    Stream<String> bases(Map<String, String> given) {
        return bases.stream().map(base -> VARIABLE.matcher(base).replaceAll(variable -> {
            String name = Optional.ofNullable(variable.group(1)).orElse(variable.group(2));
            String value = given.getOrDefault(name, arguments.getOrDefault(name, ""));
            return Matcher.quoteReplacement(value.isEmpty() ? Optional.ofNullable(variable.group(3)).orElse("") : value);
        }));
    }

    /// Puts tcp ports in the order in which the Dockerfile exposes them; those of its base image follow, by number.
    List<Integer> ordered(Set<Integer> ports) {
        List<Integer> ordered = new ArrayList<>(exposed.stream().filter(ports::contains).toList());
        ports.stream().filter(port -> !exposed.contains(port)).sorted().forEach(ordered::add);
        return ordered;
    }

    private static Stream<String> rest(String... words) {
        return Arrays.stream(words).skip(1);
    }

    /// Lines without comments, with continued ones joined.
    private static List<String> instructions(String text) {
        String escape = BACKTICK_ESCAPES.matcher(text).find() ? "`" : "\\";
        List<String> instructions = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        for (String line : text.lines().toList()) {
            String stripped = line.strip();
            if (stripped.startsWith("#") || stripped.isEmpty()) {
                continue;
            }
            if (stripped.endsWith(escape)) {
                current.append(stripped, 0, stripped.length() - 1).append(' ');
                continue;
            }
            instructions.add(current.append(stripped).toString());
            current.setLength(0);
        }
        if (!current.isEmpty()) {
            instructions.add(current.toString());
        }
        return instructions;
    }
}
