package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Check;
import hokku.api.ProcessType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class AppJsonTest {
    @Test
    void everyKindOfStartupCheckIsRead() {
        List<Check> checks = AppJson.parse("""
                {
                  // comments are allowed
                  "healthchecks": {"web": [
                    {"type": "startup", "name": "front page", "path": "health", "content": "ok", "attempts": 4, "timeout": 2, "wait": 1,
                     "initialDelay": 3, "httpHeaders": [{"name": "X-A", "value": "b"}]},
                    {"command": ["./check", "--fast"]},
                    {"listening": true, "port": 9000},
                    {"uptime": 7, "warn": true},
                    {"type": "liveness", "path": "/ignored"},
                  ]}
                }""").startupChecks().get(ProcessType.WEB);

        assertThat(checks).extracting(Check::probe).containsExactly(new Check.Http("/health", "ok", Map.of("X-A", "b"), OptionalInt.empty()),
                new Check.Exec(List.of("./check", "--fast")), new Check.Listening(OptionalInt.of(9000)), new Check.Uptime(Duration.ofSeconds(7)));
        assertThat(checks.getFirst()).isEqualTo(new Check("front page", checks.getFirst().probe(), 4, Duration.ofSeconds(2),
                Duration.ofSeconds(1), Duration.ofSeconds(3), false));
        assertThat(checks.getLast().warn()).isTrue();
    }

    @Test
    void whatCannotBeUnderstoodIsNamed() {
        assertThatThrownBy(() -> AppJson.parse("{\n  \"healthchecks\": nope }")).hasMessageContaining("app.json, line 2");
        assertThatThrownBy(() -> AppJson.parse("{\"healthchecks\":[]}")).hasMessageContaining("must be an object");
        assertThatThrownBy(() -> AppJson.parse("{\"healthchecks\":{\"web\":{\"path\":\"/\"}}}")).hasMessageContaining("must be a list");
        assertThatThrownBy(() -> AppJson.parse("{\"healthchecks\":{\"web\":[{\"type\":\"started\",\"path\":\"/\"}]}}"))
                .hasMessageContaining("type started");
        assertThatThrownBy(() -> AppJson.parse("[]")).hasMessageContaining("JSON object");
        assertThatThrownBy(() -> AppJson.parse("{\"healthchecks\":{\"web\":[{\"name\":\"x\"}]}}")).hasMessageContaining("path, command");
        assertThatThrownBy(() -> AppJson.parse("{\"healthchecks\":{\"web\":[{\"path\":\"/\",\"timeout\":\"soon\"}]}}"))
                .hasMessageContaining("timeout");
        assertThatThrownBy(() -> AppJson.parse("{\"healthchecks\":{\"web\":[{\"path\":\"/\",\"attempts\":0}]}}"))
                .hasMessageContaining("attempts");
    }
}
