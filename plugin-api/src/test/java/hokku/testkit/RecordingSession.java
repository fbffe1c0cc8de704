package hokku.testkit;

import hokku.api.Access;
import hokku.api.Identity;
import hokku.api.Output;
import hokku.api.UserError;
import hokku.api.spi.Session;
import hokku.api.spi.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A session without a client: its input is given, and everything it puts out is kept.
///
/// Marked lines are in [#marked], what was printed in [#printed]. A confirmation passes when the input is the app's name.
public final class RecordingSession implements Session {
    private final Identity identity;
    private final InputStream in;
    private final boolean quiet;
    private final boolean force;
    private final RecordingOutput out = new RecordingOutput();
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private final List<Object> documents = new ArrayList<>();
    private int exitCode;

    /// A session of an administrator, with an empty input.
    public RecordingSession() {
        this(Identity.of("tester", "SHA256:none", Access.ADMIN), InputStream.nullInputStream(), false, false);
    }

    private RecordingSession(Identity identity, InputStream in, boolean quiet, boolean force) {
        this.identity = identity;
        this.in = in;
        this.quiet = quiet;
        this.force = force;
    }

    public static RecordingSession withInput(String text) {
        return withInput(text.getBytes(StandardCharsets.UTF_8));
    }

    public static RecordingSession withInput(byte[] bytes) {
        return new RecordingSession(new RecordingSession().identity, new ByteArrayInputStream(bytes), false, false);
    }

    public RecordingSession as(Identity who) {
        return new RecordingSession(who, in, quiet, force);
    }

    public RecordingSession quietly() {
        return new RecordingSession(identity, in, true, force);
    }

    public RecordingSession forced() {
        return new RecordingSession(identity, in, quiet, true);
    }

    /// The marked lines, steps, milestones and details among them only without `--quiet`.
    public List<String> marked() {
        return out.lines().stream().filter(line -> !quiet || line.startsWith(" !     ")).toList();
    }

    /// What was written to the standard output, without the marked lines.
    public String printed() {
        return stdout.toString(StandardCharsets.UTF_8);
    }

    public String printedToErr() {
        return stderr.toString(StandardCharsets.UTF_8);
    }

    /// The documents that were given to [#json].
    public List<Object> documents() {
        return List.copyOf(documents);
    }

    public int exitCode() {
        return exitCode;
    }

    @Override
    public Identity identity() {
        return identity;
    }

    @Override
    public Output out() {
        return out;
    }

    @Override
    public void print(String line) {
        stdout.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void json(Object value) {
        documents.add(value);
        print(new PlainJson().write(value));
    }

    @Override
    public InputStream in() {
        return in;
    }

    @Override
    public OutputStream stdout() {
        return stdout;
    }

    @Override
    public OutputStream stderr() {
        return stderr;
    }

    @Override
    public Optional<Terminal> terminal() {
        return Optional.empty();
    }

    @Override
    public boolean quiet() {
        return quiet;
    }

    @Override
    public boolean force() {
        return force;
    }

    @Override
    public void exit(int code) {
        exitCode = code;
    }

    @Override
    public void confirm(String name, String consequence) {
        if (force) {
            return;
        }
        out.warn(consequence);
        try {
            if (!new String(in.readAllBytes(), StandardCharsets.UTF_8).strip().equals(name)) {
                throw new UserError("Confirmation did not match " + name + ". Aborted.");
            }
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
