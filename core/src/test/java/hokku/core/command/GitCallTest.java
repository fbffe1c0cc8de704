package hokku.core.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Access;
import hokku.api.UserError;
import org.junit.jupiter.api.Test;

class GitCallTest {
    @Test
    void theAppIsFoundInEveryFormOfAddress() {
        for (String path : new String[] {"hello", "/hello", "hello.git", "/hello.git", "hello/", "/hello.git/", "~/hello", "/~/hello", "//hello"}) {
            assertThat(call("git-receive-pack '" + path + "'").app().value()).as(path).isEqualTo("hello");
        }
    }

    @Test
    void aPushNeedsMoreThanAFetch() {
        assertThat(call("git-receive-pack 'hello'").access()).isEqualTo(Access.DEPLOY);
        assertThat(call("git receive-pack 'hello'").access()).isEqualTo(Access.DEPLOY);
        assertThat(call("git-upload-pack 'hello'").access()).isEqualTo(Access.READ);
    }

    @Test
    void whatIsNoAppIsRefused() {
        for (String path : new String[] {"", "/", "../x", "/../../evil", "a/b", "UPPER", "-rf", ".git", "hello.git.git/..", "a".repeat(300), "~root/x"}) {
            assertThatThrownBy(() -> call("git-receive-pack '" + path + "'").app()).as(path).isInstanceOf(UserError.class);
        }
    }

    @Test
    void archivesAndFurtherWordsAreRefused() {
        assertThatThrownBy(() -> call("git-upload-archive 'hello'")).isInstanceOf(UserError.class).hasMessageContaining("Clone");
        assertThatThrownBy(() -> call("git-upload-pack --strict 'hello'")).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> call("git-upload-pack")).isInstanceOf(UserError.class);
    }

    @Test
    void otherCommandsAreNotGits() {
        assertThat(GitCall.of(Words.split("git:report hello"))).isEmpty();
        assertThat(GitCall.of(Words.split("git status"))).isEmpty();
        assertThat(GitCall.of(Words.split(""))).isEmpty();
    }

    private static GitCall call(String line) {
        return GitCall.of(Words.split(line)).orElseThrow();
    }
}
