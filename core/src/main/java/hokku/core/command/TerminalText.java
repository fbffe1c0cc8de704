package hokku.core.command;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Ends lines the way a raw terminal wants them, with a carriage return: the client's terminal has no line discipline while a
/// session with a terminal is on.
final class TerminalText extends FilterOutputStream {
    private boolean afterReturn;

    TerminalText(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int b) throws IOException {
        if (b == '\n' && !afterReturn) {
            out.write('\r');
        }
        out.write(b);
        afterReturn = b == '\r';
    }
}
