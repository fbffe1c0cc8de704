package hokku.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.core.state.JsonText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class BuildKitProgressTest {
    private final List<String> lines = new ArrayList<>();
    private final BuildKitProgress progress = new BuildKitProgress(lines::add);
    private final JsonStream stream = new JsonStream(new JsonText(), progress::accept, progress::other);

    @Test
    void aRecordedBuildIsCondensed() throws IOException {
        try (var recorded = new BufferedReader(new InputStreamReader(BuildKitProgressTest.class.getResourceAsStream("stages.json"), StandardCharsets.UTF_8))) {
            recorded.lines().forEach(stream::line);
        }
        progress.finish();
        assertThat(lines).containsSubsequence("first", "half a line");
        assertThat(lines).containsSubsequence("second", "third");
        assertThat(lines).contains("100%", "no end").noneMatch(line -> line.contains("[internal]") || line.startsWith("50%") || line.isBlank())
                .anyMatch(line -> line.matches("#\\d+ \\[one 2/2] RUN echo first; .*")).anyMatch(line -> line.matches("#\\d+ DONE 0\\.\\ds"));
        assertThat(lines.getFirst()).matches("#1 \\[.*1/.] FROM docker.io/library/busybox.*");
        assertThat(progress.failure()).hasValueSatisfying(failure -> {
            assertThat(failure.step()).isEqualTo("[stage-2 5/5] RUN exit 3");
            assertThat(failure.reason()).contains("exit code: 3");
        });
        assertThat(progress.others()).startsWith("ERROR: failed to solve: ");
        assertThat(progress.isBegun()).isTrue();
    }

    @Test
    void whatIsInTheCacheTakesOneLine() {
        vertex("a", "[2/3] RUN npm ci", ", \"started\": \"2026-01-01T00:00:00Z\", \"completed\": \"2026-01-01T00:00:00Z\", \"cached\": true");
        vertex("b", "[3/3] COPY . .", ", \"started\": \"2026-01-01T00:00:00Z\"");
        vertex("b", "[3/3] COPY . .", ", \"started\": \"2026-01-01T00:00:00Z\", \"completed\": \"2026-01-01T00:00:00Z\", \"cached\": true");
        vertex("c", "exporting to image", ", \"started\": \"2026-01-01T00:00:00Z\"");
        assertThat(lines).containsExactly("#1 [2/3] RUN npm ci CACHED", "#2 [3/3] COPY . .", "#2 CACHED");
    }

    @Test
    void whoeverSpeaksAmongStepsThatRunSideBySideIsNamed() {
        vertex("a", "[one 2/2] RUN x", ", \"started\": \"2026-01-01T00:00:00Z\"");
        vertex("b", "[two 2/2] RUN y", ", \"started\": \"2026-01-01T00:00:00Z\"");
        log("b", "hello ");
        log("a", "from one\n");
        log("b", "from two\n");
        log("b", "more\n\n  \n");
        vertex("a", "[one 2/2] RUN x", ", \"started\": \"2026-01-01T00:00:00Z\", \"completed\": \"2026-01-01T00:01:02.345Z\"");
        assertThat(lines).containsExactly("#1 [one 2/2] RUN x", "#2 [two 2/2] RUN y", "hello", "#1 …", "from one",
                "#2 …", "from two", "more", "#1 DONE 62.3s");
    }

    @Test
    void theFailureIsThatOfTheStepThatFailedByItself() {
        vertex("a", "[one 2/2] RUN sleep 9", ", \"started\": \"2026-01-01T00:00:00Z\", \"completed\": \"2026-01-01T00:00:01Z\", \"error\": \"context canceled\"");
        vertex("b", "[two 2/2] RUN exit 1", ", \"started\": \"2026-01-01T00:00:00Z\", \"completed\": \"2026-01-01T00:00:01Z\", \"error\": \"exit code: 1\"");
        vertex("c", "[three 2/2] RUN exit 2", ", \"started\": \"2026-01-01T00:00:00Z\", \"completed\": \"2026-01-01T00:00:01Z\", \"error\": \"exit code: 2\"");
        assertThat(progress.failure()).contains(new BuildKitProgress.Failure("[two 2/2] RUN exit 1", "exit code: 1"));
    }

    @Test
    void objectsMayTakeALineOrMany() {
        stream.line("{\"vertexes\":[{\"digest\":\"a\",\"name\":\"[1/1] RUN echo '}{\\\"'\",\"started\":\"2026-01-01T00:00:00Z\"}]}");
        stream.line("{");
        stream.line("  \"vertexes\": [{\"digest\": \"b\", \"name\": \"RUN <<E\\nmore\", \"started\": \"2026-01-01T00:00:00Z\"}]");
        stream.line("}");
        stream.line("");
        stream.line("ERROR: no");
        assertThat(lines).containsExactly("#1 [1/1] RUN echo '}{\"'", "#2 RUN <<E");
        assertThat(progress.others()).isEqualTo("ERROR: no");
    }

    private void vertex(String digest, String name, String more) {
        stream.line("{\"vertexes\": [{\"digest\": \"%s\", \"name\": \"%s\"%s}]}".formatted(digest, name, more));
    }

    private void log(String vertex, String text) {
        stream.line("{\"logs\": [{\"vertex\": \"%s\", \"stream\": 1, \"data\": \"%s\", \"timestamp\": \"2026-01-01T00:00:00Z\"}]}"
                .formatted(vertex, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
    }
}
