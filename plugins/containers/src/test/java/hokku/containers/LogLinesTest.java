package hokku.containers;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogLinesTest {
    private static final String TIME = "2026-11-20T10:00:00.000000001Z";
    private static final String LATER = "2026-11-20T10:00:01.000000002Z";

    private final List<String> taken = new ArrayList<>();
    private final LogLines lines = new LogLines((at, error, text) -> taken.add(at + (error ? " E " : " O ") + text));

    @Test
    void aFrameIsALine() {
        take(StreamType.STDOUT, TIME + " hello\n");
        take(StreamType.STDERR, LATER + " oh\r\n");
        assertThat(taken).containsExactly(TIME + " O hello", LATER + " E oh");
    }

    @Test
    void aLongLineComesInSeveralFramesEachWithATime() {
        take(StreamType.STDOUT, TIME + " begin-");
        take(StreamType.STDERR, TIME + " between\n");
        take(StreamType.STDOUT, LATER + " end\n");
        assertThat(taken).containsExactly(TIME + " E between", TIME + " O begin-end");
    }

    @Test
    void aTerminalHasNoFrames() {
        take(StreamType.RAW, TIME + " on");
        take(StreamType.RAW, "e\r\n" + LATER + " two\r\n");
        assertThat(taken).containsExactly(TIME + " O one", LATER + " O two");
    }

    @Test
    void emptyLinesStayAndAnUnfinishedOneIsPassedOnInTheEnd() {
        take(StreamType.STDOUT, TIME + " \n");
        take(StreamType.STDOUT, LATER + " no newline");
        lines.end();
        assertThat(taken).containsExactly(TIME + " O ", LATER + " O no newline");
    }

    private void take(StreamType type, String text) {
        lines.take(new Frame(type, text.getBytes(StandardCharsets.UTF_8)));
    }
}
