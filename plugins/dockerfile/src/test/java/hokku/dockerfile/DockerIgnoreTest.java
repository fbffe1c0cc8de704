package hokku.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DockerIgnoreTest {
    @ParameterizedTest
    @CsvSource({
        "node_modules, node_modules/a/b, true",
        "node_modules, src/node_modules/a, false",
        "**/node_modules, src/deep/node_modules/a, true",
        "**/node_modules, node_modules/a, true",
        "*.md, README.md, true",
        "*.md, docs/README.md, false",
        "**/*.md, docs/deep/README.md, true",
        "**/*.md, README.md, true",
        "*/temp*, a/temporary.txt, true",
        "*/*/temp*, a/b/temp, true",
        "*/temp*, a/b/temp, false",
        "temp?, tempa, true",
        "temp?, temp, false",
        "/foo/bar/, foo/bar/x, true",
        "./foo, foo/x, true",
        "foo/**, foo/a/b, true",
        "foo/**, foo, false",
        "**, anything/at/all, true",
        "*, a/b, true",
        "[a-c].txt, b.txt, true",
        "[a-c].txt, d.txt, false",
        "a.b, axb, false",
        "a+(b), a+(b), true",
        "a\\*b, a*b, true",
        "a\\*b, axb, false",
        "../x, x, true",
        "foo/../bar, bar, true"
    })
    void patternsMatchAsDockersDo(String pattern, String path, boolean ignored) {
        assertThat(DockerIgnore.parse(pattern).test(path)).isEqualTo(ignored);
    }

    @Test
    void theLastPatternThatMatchesDecides() {
        DockerIgnore ignore = DockerIgnore.parse("""
                # all but two
                *
                !src
                !README.md
                src/secret
                !src/secret/not-so
                """);
        assertThat(ignore.test("Makefile")).isTrue();
        assertThat(ignore.test("src/a/b")).isFalse();
        assertThat(ignore.test("README.md")).isFalse();
        assertThat(ignore.test("src/secret/x")).isTrue();
        assertThat(ignore.test("src/secret/not-so")).isFalse();
    }

    @Test
    void commentsBlanksAndMarksOfTheEncodingAreNoPatterns() {
        DockerIgnore ignore = DockerIgnore.parse("\uFEFFa\r\n\r\n   \n#b\n  c  \n.\n/\n");
        assertThat(ignore.test("a")).isTrue();
        assertThat(ignore.test("#b")).isFalse();
        assertThat(ignore.test("b")).isFalse();
        assertThat(ignore.test("c")).isTrue();
        assertThat(ignore.test("d")).isFalse();
    }

    @Test
    void whatIsNoPatternIsRefusedWithItsName() {
        assertThatThrownBy(() -> DockerIgnore.parse("!")).isInstanceOf(UserError.class).hasMessageContaining(".dockerignore");
        assertThatThrownBy(() -> DockerIgnore.parse("[a")).isInstanceOf(UserError.class).hasMessageContaining("[a is no pattern");
    }
}
