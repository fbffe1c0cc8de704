package hokku.swarm.registry;

import hokku.api.UserError;
import hokku.api.spi.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads a password from the input, so that it is in no list of processes and in no shell's history. With a terminal it is not shown.
final class PasswordLine {
    private static final int LONGEST = 16_384;
    private static final int INTERRUPT = 3;
    private static final int BACKSPACE = 8;
    private static final int DELETE = 127;
    private static final int CANCELLED = 130;

    private PasswordLine() {}

    static String read(Session session) {
        boolean terminal = session.terminal().isPresent();
        try {
            tell(session, terminal, "password: ");
            String line = read(session.in(), terminal);
            tell(session, terminal, "\r\n");
            if (line.isEmpty()) {
                throw new UserError("Missing password argument. Type it, or send it to the input: ssh dokku@<host> registry:login --password-stdin … < file");
            }
            return line;
        } catch (IOException gone) {
            throw new UserError(CANCELLED, "Aborted", gone);
        }
    }

    private static void tell(Session session, boolean terminal, String text) throws IOException {
        if (terminal) {
            session.stderr().write(text.getBytes(StandardCharsets.UTF_8));
            session.stderr().flush();
        }
    }

    private static String read(InputStream in, boolean terminal) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n' && !(terminal && c == '\r'); c = in.read()) {
            if (terminal && c == INTERRUPT) {
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
        return line.toString(StandardCharsets.UTF_8).replaceFirst("\r$", "");
    }
}
