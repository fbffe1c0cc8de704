package hokku.dockerfile;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What has to be known of a Dockerfile before and after its build. The engine alone judges whether it is right.
///
/// @param arguments what each ARG is when nobody says otherwise, empty where it has no default
/// @param bases what stands behind FROM, as written
/// @param mounts what its RUN instructions ask for by `--mount`
record Dockerfile(String text, Map<String, String> arguments, Set<String> bases, Set<Mount> mounts, List<Integer> exposed,
        boolean keptFromProxy) {
    private static final Pattern NO_HTTP_PROXY = Pattern.compile("(?im)^#\\s*NO_HTTP_PROXY\\b");
    private static final Pattern PORT = Pattern.compile("([0-9]{1,5})(-[0-9]{1,5})?(/tcp)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern ARGUMENT = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)(?:=[\"']?(.*?)[\"']?)?");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:([a-zA-Z_][a-zA-Z0-9_]*)|\\{([a-zA-Z_][a-zA-Z0-9_]*)(?::-([^}]*))?})");
    /// A platform that need not be the engine's own.
    private static final Pattern PLATFORM = Pattern.compile("--platform=(?!\"?\\$\\{?(BUILD|TARGET)PLATFORM).*");

    Dockerfile {
        arguments = Map.copyOf(arguments);
        bases = Set.copyOf(bases);
        mounts = Set.copyOf(mounts);
        exposed = List.copyOf(exposed);
    }

    static Dockerfile parse(String text) {
        Map<String, String> arguments = new HashMap<>();
        Set<String> bases = new LinkedHashSet<>();
        Set<Mount> mounts = new LinkedHashSet<>();
        Set<Integer> exposed = new LinkedHashSet<>();
        for (Instruction instruction : Instruction.all(text)) {
            switch (instruction.name()) {
                case "ARG" -> instruction.rest().map(ARGUMENT::matcher).filter(Matcher::matches).forEach(argument ->
                        arguments.merge(argument.group(1), Optional.ofNullable(argument.group(2)).orElse(""),
                                (first, again) -> first.isEmpty() ? again : first));
                case "FROM" -> {
                    // what an earlier stage exposes is not the image's
                    exposed.clear();
                    instruction.subject().findFirst().ifPresent(bases::add);
                }
                case "RUN" -> instruction.options().flatMap(Mount::of).forEach(mounts::add);
                case "EXPOSE" -> instruction.rest().map(PORT::matcher).filter(Matcher::matches)
                        .map(port -> Integer.valueOf(port.group(1))).forEach(exposed::add);
                default -> { }
            }
        }
        return new Dockerfile(text, arguments, bases, mounts, new ArrayList<>(exposed), NO_HTTP_PROXY.matcher(text).find());
    }

    /// The names of the images that stages begin with, as far as they can be told without the engine.
    Stream<String> bases(Map<String, String> given) {
        return bases.stream().map(base -> resolved(base, given));
    }

    private String resolved(String base, Map<String, String> given) {
        return VARIABLE.matcher(base).replaceAll(variable -> {
            String name = Optional.ofNullable(variable.group(1)).orElse(variable.group(2));
            String value = given.getOrDefault(name, arguments.getOrDefault(name, ""));
            return Matcher.quoteReplacement(value.isEmpty() ? Optional.ofNullable(variable.group(3)).orElse("") : value);
        });
    }

    /// Says which image to build on instead of another one.
    interface Replacement {
        String of(String image) throws IOException, InterruptedException;
    }

    /// The same on other images: each line keeps its number. Stages that begin with an earlier one, with nothing, or are for another
    /// platform stay as they are.
    ///
    /// @param replacement is asked for each image, and gives it back where it has no other
    Dockerfile on(Map<String, String> given, Replacement replacement) throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>(text.lines().toList());
        Set<String> stages = new HashSet<>(Set.of("scratch"));
        for (Instruction from : Instruction.all(text).stream().filter(instruction -> instruction.name().equals("FROM")).toList()) {
            List<String> words = new ArrayList<>(from.subject().toList());
            if (!words.isEmpty()) {
                String image = resolved(words.getFirst(), given);
                String other = image.isEmpty() || stages.contains(image.toLowerCase(Locale.ROOT))
                        || from.options().anyMatch(option -> PLATFORM.matcher(option).matches()) ? image : replacement.of(image);
                if (!other.equals(image)) {
                    words.set(0, other);
                    lines.subList(from.first(), from.last() + 1).replaceAll(line -> "");
                    lines.set(from.first(), Stream.concat(Stream.concat(Stream.of("FROM"), from.options()), words.stream())
                            .collect(Collectors.joining(" ")));
                }
                if (words.size() > 2 && words.get(1).equalsIgnoreCase("as")) {
                    stages.add(words.get(2).toLowerCase(Locale.ROOT));
                }
            }
        }
        return parse(String.join("\n", lines) + "\n");
    }

    /// Puts tcp ports in the order in which the Dockerfile exposes them; those of its base image follow, by number.
    List<Integer> ordered(Set<Integer> ports) {
        List<Integer> ordered = new ArrayList<>(exposed.stream().filter(ports::contains).toList());
        ports.stream().filter(port -> !exposed.contains(port)).sorted().forEach(ordered::add);
        return ordered;
    }
}
