package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputPiecesTest {
    private static final String ONE = "2026-01-02T03:04:05.000000001Z ";
    private static final String TWO = "2026-01-02T03:04:05.00000002Z ";
    private static final String LOG = ONE + "one\n" + ONE + "same time\n" + TWO + "a long " + TWO + "line 2026-01-02\n" + TWO + "\n" + TWO + "end 202";
    private static final String TEXT = "one\nsame time\na long line 2026-01-02\n\nend 202";

    private final OutputPieces pieces = new OutputPieces();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 31, 33, 1000})
    void timesAreTakenOutHoweverTheBytesCome(int portion) {
        assertThat(read(LOG, portion)).isEqualTo(TEXT);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 31, 1000})
    void whatCameBeforeIsLeftOutTheNextTime(int portion) {
        for (int cut = 0; cut <= LOG.length(); cut++) {
            OutputPieces fresh = new OutputPieces();
            String first = read(fresh, LOG.substring(0, cut), 4);
            fresh.again();
            String second = read(fresh, LOG, portion);
            fresh.again();
            assertThat(first + second + read(fresh, LOG, 3)).as("cut at " + cut).isEqualTo(TEXT);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 1000})
    void whatIsGoneFromTheLogMeanwhileDoesNoHarm(int portion) {
        String first = read(LOG.substring(0, LOG.indexOf(TWO)), portion);
        pieces.again();
        assertThat(first + read(LOG.substring(LOG.indexOf(TWO)), portion)).isEqualTo(TEXT);
    }

    private String read(String log, int portion) {
        return read(pieces, log, portion);
    }

    private static String read(OutputPieces pieces, String log, int portion) {
        byte[] bytes = log.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        for (int from = 0; from < bytes.length; from += portion) {
            shown.writeBytes(pieces.next(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + portion))));
        }
        if (LOG.endsWith(log)) {
            shown.writeBytes(pieces.rest());
        }
        return shown.toString(StandardCharsets.UTF_8);
    }
}
