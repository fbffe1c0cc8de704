package hokku.dockerfile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// One instruction of a Dockerfile, with continued lines joined and without comments.
///
/// @param first the number of its first line, from 0
/// @param last the number of its last line; what a here-document holds belongs to the instruction, not to its text
record Instruction(String text, int first, int last) {
    private static final Pattern BACKTICK_ESCAPES = Pattern.compile("(?i)\\A\\s*#\\s*escape\\s*=\\s*`");
    private static final Pattern HERE_DOCUMENT = Pattern.compile("(?<!<)<<-?(['\"]?)([a-zA-Z_][a-zA-Z0-9_]*)\\1");
    private static final List<String> WITH_HERE_DOCUMENTS = List.of("RUN", "COPY", "ADD");

    static List<Instruction> all(String dockerfile) {
        String escape = BACKTICK_ESCAPES.matcher(dockerfile).find() ? "`" : "\\";
        List<String> lines = dockerfile.lines().toList();
        List<Instruction> instructions = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        int first = 0;
        for (int number = 0; number < lines.size(); number++) {
            String line = lines.get(number).strip();
            if (line.startsWith("#") || line.isEmpty()) {
                continue;
            }
            if (current.isEmpty()) {
                first = number;
            }
            if (line.endsWith(escape)) {
                current.append(line, 0, line.length() - 1).append(' ');
                continue;
            }
            Instruction whole = new Instruction(current.append(line).toString(), first, number);
            number = whole.endIn(lines);
            instructions.add(new Instruction(whole.text, first, number));
            current.setLength(0);
        }
        if (!current.isEmpty()) {
            instructions.add(new Instruction(current.toString(), first, lines.size() - 1));
        }
        return instructions;
    }

    /// `RUN`, `FROM` …, in capitals.
    String name() {
        return words()[0].toUpperCase(Locale.ROOT);
    }

    /// The words behind the name.
    Stream<String> rest() {
        return Arrays.stream(words()).skip(1);
    }

    /// The options that stand between the name and what it is about: `--mount=type=cache,target=/x`.
    Stream<String> options() {
        return rest().takeWhile(word -> word.startsWith("--"));
    }

    /// The words behind the name and the options.
    Stream<String> subject() {
        return rest().dropWhile(word -> word.startsWith("--"));
    }

    private String[] words() {
        return text.strip().split("\\s+");
    }

    /// The line at which the last of its here-documents ends: the one it ends at itself where it has none, or one without an end.
    private int endIn(List<String> lines) {
        int end = last;
        if (WITH_HERE_DOCUMENTS.contains(name())) {
            Matcher document = HERE_DOCUMENT.matcher(text);
            while (document.find()) {
                int close = end + 1;
                while (close < lines.size() && !lines.get(close).strip().equals(document.group(2))) {
                    close++;
                }
                if (close == lines.size()) {
                    return last;
                }
                end = close;
            }
        }
        return end;
    }
}
