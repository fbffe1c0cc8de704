package hokku.core.ssh;

import hokku.api.Identity;
import hokku.api.spi.Terminal;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/// One command that a client asked for, on one channel.
///
/// @param line the text of the command as it was sent; empty when there was none
/// @param in what the client sends, to its end; throws when the client is gone before that
public record SshSession(Identity identity, String line, InputStream in, OutputStream out, OutputStream err, Optional<Terminal> terminal) {}
