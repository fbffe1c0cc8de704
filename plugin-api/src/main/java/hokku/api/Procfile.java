package hokku.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The processes that an app's `Procfile` declares: one `type: command line` per line, `#` begins a comment.
public record Procfile(SequencedMap<ProcessType, String> lines) {
    private static final Pattern LINE = Pattern.compile("([A-Za-z0-9_-]+)\\s*:\\s*(.+)");

    public Procfile {
        lines = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(lines));
    }

    /// @throws UserError that names the line which cannot be understood
    public static Procfile parse(String text) {
        SequencedMap<ProcessType, String> found = new LinkedHashMap<>();
        int number = 0;
        for (String raw : text.split("\\R")) {
            number++;
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw new UserError("Procfile, line " + number + ": " + Text.quoted(line)
                        + " is not understood. Write <process type>: <command>, for instance web: ./start");
            }
            if (found.putIfAbsent(ProcessType.of(matcher.group(1)), matcher.group(2)) != null) {
                throw new UserError("Procfile, line " + number + ": the process type " + matcher.group(1) + " is declared twice");
            }
        }
        return new Procfile(found);
    }
}
