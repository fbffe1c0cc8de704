package hokku.swarm;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/// Takes the times out of one stream of a log, and what came before out of a log that is read again. Used by one thread at a time.
///
/// Each line begins with its time and a blank. A long line is cut into pieces, and each of them begins with the same time once more. The bytes come
/// in portions that have nothing to do with that.
final class OutputPieces {
    /// The time of what was passed on last, and how many bytes with this time were.
    private Instant last = Instant.MIN;
    private long passed;
    /// How many bytes with that time are still to be left out.
    private long left;

    /// What did not tell yet what it is.
    private byte[] waiting = new byte[0];
    /// The time of the line, as it is written, with the blank; empty between lines.
    private byte[] mark = new byte[0];
    private Instant at = Instant.MIN;

    /// The log is read from its begin again.
    void again() {
        left = passed;
        waiting = new byte[0];
        mark = new byte[0];
    }

    /// @return what of the portion, and of what waited, is to be shown
    /// @throws java.time.format.DateTimeParseException when a line has no time
    byte[] next(byte[] portion) {
        byte[] bytes = Arrays.copyOf(waiting, waiting.length + portion.length);
        System.arraycopy(portion, 0, bytes, waiting.length, portion.length);
        waiting = new byte[0];
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        int from = 0;
        while (from < bytes.length) {
            int next = mark.length == 0 ? begin(bytes, from) : text(bytes, from, shown);
            if (next == from && mark.length > 0 && bytes.length - from >= mark.length) {
                next = from + mark.length;
            } else if (next == from) {
                waiting = Arrays.copyOfRange(bytes, from, bytes.length);
                break;
            }
            from = next;
        }
        return shown.toByteArray();
    }

    /// At the end of the log.
    ///
    /// @return what is left to be shown: an end without a newline can look like the begin of a time
    byte[] rest() {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        if (mark.length > 0) {
            pass(waiting, 0, waiting.length, shown);
            waiting = new byte[0];
        }
        return shown.toByteArray();
    }

    /// Reads the time of a line.
    ///
    /// @return where its text begins; the same place when that has not come yet
    private int begin(byte[] bytes, int from) {
        for (int index = from; index < bytes.length; index++) {
            if (bytes[index] == ' ') {
                mark = Arrays.copyOfRange(bytes, from, index + 1);
                at = Instant.parse(new String(bytes, from, index - from, StandardCharsets.US_ASCII));
                return index + 1;
            }
        }
        return from;
    }

    /// Passes the text of a line on.
    ///
    /// @return where what comes next begins: another line, the same time once more, or something that may be the begin of that
    private int text(byte[] bytes, int from, ByteArrayOutputStream shown) {
        int end = from;
        while (end < bytes.length && !startsWith(bytes, end, mark)) {
            if (bytes[end] == '\n') {
                pass(bytes, from, end + 1, shown);
                mark = new byte[0];
                return end + 1;
            }
            end++;
        }
        pass(bytes, from, end, shown);
        return end;
    }

    /// Whether the bytes go on as the mark, as far as they are there.
    private static boolean startsWith(byte[] bytes, int from, byte[] mark) {
        int length = Math.min(mark.length, bytes.length - from);
        return Arrays.equals(bytes, from, from + length, mark, 0, length);
    }

    private void pass(byte[] bytes, int from, int to, ByteArrayOutputStream shown) {
        if (at.isBefore(last)) {
            return;
        }
        if (at.isAfter(last)) {
            last = at;
            passed = 0;
            left = 0;
        }
        int skipped = Math.toIntExact(Math.min(left, to - from));
        left -= skipped;
        passed += to - from - skipped;
        shown.write(bytes, from + skipped, to - from - skipped);
    }
}
