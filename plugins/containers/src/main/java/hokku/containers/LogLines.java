package hokku.containers;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumMap;

/// Makes lines of the engine's frames. Used by one thread.
///
/// A frame begins with a time; a long line comes in several frames, each with a time of its own. With a terminal there are no
/// frames, just a stream in which each line begins with its time.
final class LogLines {
    private static final int MAX_LINE = 1024 * 1024;

    private final Sink sink;
    private final EnumMap<StreamType, Open> open = new EnumMap<>(StreamType.class);

    /// Takes the finished lines.
    interface Sink {
        void line(Instant at, boolean error, String text);
    }

    private static final class Open {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private Instant at = Instant.EPOCH;
        private boolean fresh = true;
    }

    LogLines(Sink sink) {
        this.sink = sink;
    }

    void take(Frame frame) {
        StreamType type = frame.getStreamType();
        Open line = open.computeIfAbsent(type, any -> new Open());
        byte[] payload = frame.getPayload();
        if (type == StreamType.RAW) {
            append(type, line, payload, 0);
            return;
        }
        int blank = blank(payload);
        if (blank > 0) {
            Instant at = time(new String(payload, 0, blank, StandardCharsets.US_ASCII));
            if (at != Instant.EPOCH) {
                if (line.fresh) {
                    line.at = at;
                }
                append(type, line, payload, blank + 1);
                return;
            }
        }
        append(type, line, payload, 0);
    }

    private void append(StreamType type, Open line, byte[] payload, int from) {
        int begin = from;
        for (int index = from; index < payload.length; index++) {
            if (payload[index] == '\n' || line.bytes.size() + index - begin > MAX_LINE) {
                line.bytes.write(payload, begin, index - begin);
                line.fresh = false;
                begin = payload[index] == '\n' ? index + 1 : index;
                finish(type, line);
            }
        }
        if (begin < payload.length) {
            line.bytes.write(payload, begin, payload.length - begin);
            line.fresh = false;
        }
    }

    private void finish(StreamType type, Open line) {
        String text = line.bytes.toString(StandardCharsets.UTF_8);
        line.bytes.reset();
        line.fresh = true;
        Instant at = line.at;
        if (type == StreamType.RAW) {
            int blank = text.indexOf(' ');
            Instant own = blank > 0 ? time(text.substring(0, blank)) : Instant.EPOCH;
            if (own != Instant.EPOCH) {
                at = own;
                text = text.substring(blank + 1);
            }
        }
        sink.line(at, type == StreamType.STDERR, text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
    }

    /// Passes on what was not ended by a newline.
    void end() {
        open.forEach((type, line) -> {
            if (!line.fresh) {
                finish(type, line);
            }
        });
    }

    private static int blank(byte[] payload) {
        for (int index = 0; index < Math.min(payload.length, 40); index++) {
            if (payload[index] == ' ') {
                return index;
            }
        }
        return -1;
    }

    /// @return the epoch when the text is no time
    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            return Instant.EPOCH;
        }
    }
}
