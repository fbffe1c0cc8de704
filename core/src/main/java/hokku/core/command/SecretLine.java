package hokku.core.command;

import hokku.api.UserError;
import hokku.api.spi.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads a secret from the input, so that it is in no list of processes and in no shell's history. With a terminal it is not shown.
final class SecretLine {
    /// Stands for the secret among a command's words.
    static final String FROM_INPUT = "-";
    private static final int LONGEST = 4096;
    private static final int BACKSPACE = 8;
    private static final int DELETE = 127;
    private static final int CANCELLED = 130;

    private SecretLine() {}

    /// @param word what was given among the words; empty, or a hyphen, where it comes from the input
    /// @param what it is called
    static String of(String word, String what, Session session) {
        if (!word.isEmpty() && !word.equals(FROM_INPUT)) {
            return word;
        }
        boolean terminal = session.terminal().isPresent();
        try {
            if (terminal) {
                tell(session, what + ": ");
            }
            String line = read(session.in(), terminal);
            if (terminal) {
                tell(session, "\r\n");
            }
            if (line.isEmpty()) {
                throw new UserError("No " + what + " came. Type it, or send it to the input: ssh dokku@<host> … < file");
            }
            return line;
        } catch (IOException gone) {
            throw new UserError(CANCELLED, "Aborted", gone);
        }
    }

    private static void tell(Session session, String text) throws IOException {
        session.stderr().write(text.getBytes(StandardCharsets.UTF_8));
        session.stderr().flush();
    }

    private static String read(InputStream in, boolean terminal) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n' && !(terminal && c == '\r'); c = in.read()) {
            if (terminal && c == Keyboard.INTERRUPT) {
                throw new UserError(CANCELLED, "Aborted");
            }
            if (terminal && (c == BACKSPACE || c == DELETE)) {
                byte[] typed = line.toByteArray();
                line.reset();
                line.writeBytes(Arrays.copyOf(typed, Math.max(0, typed.length - 1)));
            } else if (line.size() < LONGEST) {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.UTF_8).strip();
    }
}
