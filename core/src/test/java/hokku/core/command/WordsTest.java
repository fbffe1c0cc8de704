package hokku.core.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.UserError;
import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void blanksSeparateWords() {
        assertThat(Words.split("  config:set \t hello\nA=1  ")).containsExactly("config:set", "hello", "A=1");
        assertThat(Words.split("")).isEmpty();
        assertThat(Words.split(" \n")).isEmpty();
    }

    @Test
    void quotesKeepBlanks() {
        assertThat(Words.split("a 'b c' \"d e\" f' 'g")).containsExactly("a", "b c", "d e", "f g");
    }

    @Test
    void emptyQuotesAreAWord() {
        assertThat(Words.split("domains:add '' \"\"")).containsExactly("domains:add", "", "");
    }

    @Test
    void singleQuotesTakeEverythingAsItIs() {
        assertThat(Words.split("'a\\n$HOME\"`'")).containsExactly("a\\n$HOME\"`");
        assertThat(Words.split("'it'\\''s'")).containsExactly("it's");
    }

    @Test
    void inDoubleQuotesABackslashEscapesOnlyWhatIsSpecialThere() {
        assertThat(Words.split("\"a\\\"b\\\\c\\$d\\ne\"")).containsExactly("a\"b\\c$d\\ne");
    }

    @Test
    void aBackslashEscapesTheNextCharacter() {
        assertThat(Words.split("a\\ b \\' \\\\")).containsExactly("a b", "'", "\\");
    }

    @Test
    void aLineEndsInsideAWordOnlyWhenItIsQuoted() {
        assertThat(Words.split("'a\nb' c\\\nd")).containsExactly("a\nb", "cd");
    }

    @Test
    void nothingElseOfAShellIsHeeded() {
        assertThat(Words.split("$HOME `id` $(id) * ; && | > x #c ~")).containsExactly(
                "$HOME", "`id`", "$(id)", "*", ";", "&&", "|", ">", "x", "#c", "~");
    }

    @Test
    void anOpenQuoteIsRefused() {
        for (String line : new String[] {"a 'b", "a \"b", "a \"b\\\"", "a \\"}) {
            assertThatThrownBy(() -> Words.split(line)).isInstanceOf(UserError.class)
                    .extracting(e -> ((UserError) e).exitCode()).isEqualTo(2);
        }
    }
}
