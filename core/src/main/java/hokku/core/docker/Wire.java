package hokku.core.docker;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Bytes to and from an engine. One thread may read while another one writes; an interrupt of either, and [#close], end both.
interface Wire extends Closeable {
    /// Fills what there is, at least one byte.
    ///
    /// @return how many bytes, -1 at the end
    int read(ByteBuffer into) throws IOException;

    /// Sends all that remains.
    void write(ByteBuffer bytes) throws IOException;

    /// Tells the other side that nothing more comes. What it sends still arrives.
    void endOutput() throws IOException;
}
