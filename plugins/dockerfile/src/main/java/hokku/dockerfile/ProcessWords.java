package hokku.dockerfile;

import hokku.api.ProcessType;
import hokku.api.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The words of a command line of the Procfile. A shell comes in only where the line needs one: an image may have none.
final class ProcessWords {
    private static final Pattern NEEDS_SHELL = Pattern.compile("[$`|&;<>()*?\\[\\]{}~#!\\n]|^\\s*[A-Za-z_][A-Za-z0-9_]*=");
    /// What `exec` cannot stand before.
    private static final Pattern COMPOUND = Pattern.compile(
            "[|&;\\n(){}!]|^\\s*([A-Za-z_][A-Za-z0-9_]*=|(exec|eval|source|\\.|cd|set|if|for|while|until|case|trap)\\s)");

    private ProcessWords() {}

    static List<String> of(ProcessType process, String line) {
        String unbraced = line.replaceAll("\\$\\{[A-Za-z0-9_:=+-]*}", "\\$VARIABLE");
        if (NEEDS_SHELL.matcher(unbraced).find()) {
            return List.of("/bin/sh", "-c", COMPOUND.matcher(unbraced).find() ? line : "exec " + line);
        }
        return split(process, line);
    }

    /// Words by the rules of the POSIX shell for quotes and backslashes.
    private static List<String> split(ProcessType process, String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            boolean escapes = c == '\\' && quote != '\'' && i + 1 < line.length()
                    && (quote == 0 || line.charAt(i + 1) == '"' || line.charAt(i + 1) == '\\');
            if (escapes) {
                word.append(line.charAt(++i));
                begun = true;
            } else if (quote != 0 && c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
                begun = true;
            } else if (quote == 0 && Character.isWhitespace(c)) {
                if (begun) {
                    words.add(word.toString());
                }
                word.setLength(0);
                begun = false;
            } else {
                word.append(c);
                begun = true;
            }
        }
        if (quote != 0) {
            throw new UserError("Procfile: the command of " + process
                    + " has a quote that is never closed. Close it, then push again");
        }
        if (begun) {
            words.add(word.toString());
        }
        return words;
    }
}
