package hokku.api;

import java.util.Locale;

/// One thing that was found when something was examined.
///
/// @param text what it is, in one line
/// @param remedy what to do about it, in one line; empty where nothing needs to be done
public record Finding(State state, String text, String remedy) {
    /// How bad it is.
    public enum State {
        /// As it should be.
        WELL,
        /// It works, and somebody should look at it.
        WARNING,
        /// It does not work, or soon will not.
        WRONG;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Finding {
        text = line(text);
        remedy = line(remedy);
        if (text.isEmpty() || remedy.isEmpty() != (state == State.WELL)) {
            throw new IllegalArgumentException("a finding needs a text, and a remedy exactly when something is to be done: " + text);
        }
    }

    public static Finding well(String text) {
        return new Finding(State.WELL, text, "");
    }

    public static Finding warning(String text, String remedy) {
        return new Finding(State.WARNING, text, remedy);
    }

    public static Finding wrong(String text, String remedy) {
        return new Finding(State.WRONG, text, remedy);
    }

    private static String line(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?");
    }
}
