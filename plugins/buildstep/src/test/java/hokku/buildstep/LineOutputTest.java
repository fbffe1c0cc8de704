package hokku.buildstep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineOutputTest {
    private final List<String> lines = new ArrayList<>();
    private final LineOutput output = new LineOutput(lines::add);

    private void write(String text) throws IOException {
        output.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aLineIsPassedOnWhenItEnds() throws IOException {
        write("one\ntw");
        assertThat(lines).containsExactly("one");
        write("o\n\nthree");
        assertThat(lines).containsExactly("one", "two", "");
        output.close();
        output.close();
        assertThat(lines).containsExactly("one", "two", "", "three");
    }

    @Test
    void ofABarOfProgressTheLastStateIsShown() throws IOException {
        write("10%\r50%\r100%\r\ndone\r\n\r\n");
        assertThat(lines).containsExactly("100%", "done", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"  indented", "größe 日本 🐳", "\ttab"})
    void aLineIsAsItWasWritten(String line) throws IOException {
        for (byte each : (line + "  \n").getBytes(StandardCharsets.UTF_8)) {
            output.write(each);
        }
        assertThat(lines).containsExactly(line);
    }

    @Test
    void aLineWithoutEndIsCut() throws IOException {
        write("x".repeat(200_000) + "\n");
        assertThat(lines).hasSize(4).allMatch(line -> line.length() <= 1 << 16);
        assertThat(String.join("", lines)).isEqualTo("x".repeat(200_000));
    }
}
