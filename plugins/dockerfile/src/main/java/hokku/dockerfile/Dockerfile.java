package hokku.dockerfile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What has to be known of a Dockerfile before and after its build. The engine alone judges whether it is right.
record Dockerfile(Set<String> arguments, List<Integer> exposed, boolean keptFromProxy) {
    private static final Pattern NO_HTTP_PROXY = Pattern.compile("(?im)^#\\s*NO_HTTP_PROXY\\b");
    private static final Pattern PORT = Pattern.compile("([0-9]{1,5})(-[0-9]{1,5})?(/tcp)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
    private static final Pattern BACKTICK_ESCAPES = Pattern.compile("(?i)\\A\\s*#\\s*escape\\s*=\\s*`");

    Dockerfile {
        arguments = Set.copyOf(arguments);
        exposed = List.copyOf(exposed);
    }

    static Dockerfile parse(String text) {
        Set<String> arguments = new LinkedHashSet<>();
        Set<Integer> exposed = new LinkedHashSet<>();
        for (String instruction : instructions(text)) {
            String[] words = instruction.strip().split("\\s+");
            switch (words[0].toUpperCase(Locale.ROOT)) {
                case "ARG" -> rest(words).map(word -> word.split("=", 2)[0]).filter(NAME.asMatchPredicate())
                        .forEach(arguments::add);
                // what an earlier stage exposes is not the image's
                case "FROM" -> exposed.clear();
                case "EXPOSE" -> rest(words).map(PORT::matcher).filter(Matcher::matches)
                        .map(port -> Integer.valueOf(port.group(1))).forEach(exposed::add);
                default -> { }
            }
        }
        return new Dockerfile(arguments, new ArrayList<>(exposed), NO_HTTP_PROXY.matcher(text).find());
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
