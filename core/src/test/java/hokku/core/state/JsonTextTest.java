package hokku.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.ProcessType;
import hokku.api.UserError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class JsonTextTest {
    private final JsonText json = new JsonText();

    record Row(AppName app, Optional<String> note, OptionalInt code, Instant at, Duration took, Access access) {}

    @Test
    void recordsAndTheirValuesAreWritten() {
        Row row = new Row(AppName.of("hello"), Optional.empty(), OptionalInt.of(3), Instant.EPOCH, Duration.ofSeconds(90), Access.DEPLOY);
        assertThat(json.write(List.of(row))).isEqualTo("""
                [
                  {
                    "app" : "hello",
                    "note" : null,
                    "code" : 3,
                    "at" : "1970-01-01T00:00:00Z",
                    "took" : 90,
                    "access" : "deploy"
                  }
                ]""");
    }

    @Test
    void valuesCanBeKeys() {
        assertThat(json.line(new TreeMap<>(Map.of(ProcessType.WEB, 1)))).isEqualTo("{\"web\":1}");
        assertThat(json.line(Optional.of(Optional.of(AppName.of("a"))))).isEqualTo("\"a\"");
    }

    @Test
    void textIsReadIntoPlainValues() {
        assertThat(json.read("{\"a\": [1, 2.5, true, \"x\"], // note\n \"b\": {},}"))
                .isEqualTo(Map.of("a", List.of(1, 2.5, true, "x"), "b", Map.of()));
    }

    @Test
    void whatIsNoJsonIsToldWithItsPlace() {
        assertThatThrownBy(() -> json.read("{\n  \"a\": x}")).isInstanceOf(UserError.class)
                .hasMessageStartingWith("Invalid JSON at line 2, column").hasMessageNotContaining("\n");
        assertThatThrownBy(() -> json.read("[1")).hasMessageEndingWith("expected close marker for Array");
        assertThatThrownBy(() -> json.read("")).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> json.read("null")).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> json.read("1 2")).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> json.read("{\"a\":1,\"a\":2}")).isInstanceOf(UserError.class);
    }
}
