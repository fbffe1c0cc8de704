package hokku.dockerfile;

import hokku.api.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// The rules of a `.dockerignore`, by Docker's semantics: the last pattern that matches a path, or a folder above it, decides.
final class DockerIgnore implements Predicate<String> {
    private static final Set<Character> LITERAL = Set.of('.', '$', '+', '(', ')', '|', '{', '}', '^');

    private record Rule(Pattern pattern, boolean keeps) {}

    private final List<Rule> rules = new ArrayList<>();

    private DockerIgnore() {}

    static DockerIgnore parse(String text) {
        DockerIgnore ignore = new DockerIgnore();
        String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
        for (String raw : content.split("\\R")) {
            if (!raw.startsWith("#") && !raw.isBlank()) {
                ignore.add(raw.strip());
            }
        }
        return ignore;
    }

    /// Whether a path is left out.
    @Override
    public boolean test(String path) {
        boolean ignored = false;
        for (Rule rule : rules) {
            if (rule.keeps() == ignored && matches(rule.pattern(), path)) {
                ignored = !rule.keeps();
            }
        }
        return ignored;
    }

    private void add(String line) {
        boolean keeps = line.startsWith("!");
        String cleaned = cleaned(keeps ? line.substring(1).strip() : line);
        if (cleaned.isEmpty()) {
            if (keeps) {
                throw new UserError(".dockerignore: a ! without a pattern behind it says nothing.\n"
                        + "Remove it, or name what is to be kept");
            }
            return;
        }
        try {
            rules.add(new Rule(Pattern.compile(expression(cleaned)), keeps));
        } catch (PatternSyntaxException wrong) {
            throw new UserError(UserError.FAILED, ".dockerignore: " + line + " is no pattern. Look for a [ without its ]", wrong);
        }
    }

    private static boolean matches(Pattern pattern, String path) {
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            if (pattern.matcher(path.substring(0, slash)).matches()) {
                return true;
            }
        }
        return pattern.matcher(path).matches();
    }

    private static String cleaned(String pattern) {
        List<String> words = new ArrayList<>();
        for (String word : pattern.split("/")) {
            if (word.equals("..") && !words.isEmpty()) {
                words.removeLast();
            } else if (!word.isEmpty() && !word.equals(".") && !word.equals("..")) {
                words.add(word);
            }
        }
        return String.join("/", words);
    }

    private static String expression(String pattern) {
        StringBuilder expression = new StringBuilder();
        boolean inClass = false;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (inClass) {
                expression.append(c);
                inClass = c != ']';
            } else if (pattern.startsWith("**", i)) {
                i++;
                if (i + 1 < pattern.length() && pattern.charAt(i + 1) == '/') {
                    i++;
                }
                expression.append(i + 1 == pattern.length() ? ".*" : "(.*/)?");
            } else if (c == '*') {
                expression.append("[^/]*");
            } else if (c == '?') {
                expression.append("[^/]");
            } else if (c == '\\' && i + 1 < pattern.length()) {
                expression.append(Pattern.quote(String.valueOf(pattern.charAt(++i))));
            } else if (LITERAL.contains(c) || c == '\\') {
                expression.append('\\').append(c);
            } else {
                inClass = c == '[';
                expression.append(c);
            }
        }
        return expression.toString();
    }
}
