package hokku.api;

import hokku.api.spi.Terminal;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/// The streams that a container's process is attached to.
///
/// @param in what it reads, to its end; the end is passed on
/// @param err unused with a terminal: there everything arrives on `out`
public record Attachment(InputStream in, OutputStream out, OutputStream err, Optional<Terminal> terminal) {
    public static Attachment of(InputStream in, OutputStream out, OutputStream err, Optional<Terminal> terminal) {
        return new Attachment(in, out, err, terminal);
    }
}
