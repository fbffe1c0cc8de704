package hokku.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import hokku.api.Env;
import hokku.api.UserError;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvfileTest {
    private static Map<String, String> read(String text) {
        return new Envfile(text).variables();
    }

    @Test
    void plainLinesEndWithTheLineOrBeforeAComment() {
        assertThat(read("""
                # a comment
                A=1
                  B = two words \t

                C=#fff # a colour
                D=
                E=a=b==
                F=back\\slash $HOME `x` "y"
                G= # nothing
                """)).containsExactly(entry("A", "1"), entry("B", "two words"), entry("C", "#fff"), entry("D", ""), entry("E", "a=b=="),
                entry("F", "back\\slash $HOME `x` \"y\""), entry("G", ""));
    }

    @Test
    void quotesKeepBlanksHashesAndLines() {
        assertThat(read("""
                export A=' a # b '
                B="one
                two"
                C='it'\\''s' # comment
                D="tab\\t nl\\n cr\\r q\\" b\\\\ d\\$ t\\` e\\! other\\d"
                E=''
                """)).containsExactly(entry("A", " a # b "), entry("B", "one\ntwo"), entry("C", "it's"),
                entry("D", "tab\t nl\n cr\r q\" b\\ d$ t` e! other\\d"), entry("E", ""));
    }

    @Test
    void windowsLineEndsAndAByteOrderMarkAreNoPartOfValues() {
        assertThat(read("\ufeffA=1\r\n\r\n# x\r\nB='2'\r\nC=\"3\"\r\nD=4")).containsExactly(entry("A", "1"), entry("B", "2"),
                entry("C", "3"), entry("D", "4"));
    }

    @Test
    void theLastOneOfANameCounts() {
        assertThat(read("A=1\nA=2")).containsExactly(entry("A", "2"));
    }

    @Test
    void anEmptyFileHasNoVariables() {
        assertThat(read("")).isEmpty();
        assertThat(read("\n# only a comment")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", "A=1\nsecret", "=secret", "two secret=1", "A='secret", "A=\"secret", "A=\"secret\\", "A='1'secret",
            "A='1' secret", "export"})
    void whatIsNoAssignmentIsRefusedWithItsLineAndWithoutItsText(String text) {
        assertThatThrownBy(() -> Env.of(read(text))).isInstanceOf(UserError.class).hasMessageContaining("ine ")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @EnumSource(names = {"EXPORTS", "ENVFILE", "SHELL", "DOCKER_ARGS"})
    void whatIsExportedIsReadBackByteForByte(ExportFormat format) {
        Map<String, String> values = new TreeMap<>(Map.of("PLAIN", "abc", "EMPTY", "", "BLANKS", "  a  b ", "QUOTES", "'\"`'' \\' \\\\",
                "LINES", "a\n\nb\r\nc\r\n", "SHELLISH", "$HOME $(x) ${y} !z #c", "UTF", "größe 日本 🐳 \uffff\u0085\u2028", "EQUALS", "=a=",
                "LONG", "x'\n\\".repeat(16 * 1024)));
        assertThat(read(format.write(Env.of(values)))).isEqualTo(values);
    }

    @ParameterizedTest
    @EnumSource(names = {"EXPORTS", "ENVFILE", "SHELL", "DOCKER_ARGS"})
    void anyTextAtAllIsReadBack(ExportFormat format) {
        Random random = new Random(7);
        String alphabet = "ab \t\n\r'\"\\$`!#=\uffff\u00e9nrt";
        for (int round = 0; round < 2000; round++) {
            StringBuilder value = new StringBuilder();
            for (int i = random.nextInt(12); i > 0; i--) {
                value.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            Map<String, String> values = Map.of("A", value.toString(), "B", value.reverse().toString());
            assertThat(read(format.write(Env.of(values)))).isEqualTo(values);
        }
    }
}
