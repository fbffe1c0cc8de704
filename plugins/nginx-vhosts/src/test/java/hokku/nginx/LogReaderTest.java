package hokku.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.AppName;
import hokku.api.UserError;
import hokku.testkit.RecordingSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogReaderTest {
    private static final AppName APP = AppName.of("hello");

    @TempDir
    private Path folder;
    private final RecordingSession session = new RecordingSession();

    private LogReader reader() {
        return new LogReader(folder.resolve("access.log"), APP);
    }

    @Test
    void theLastLinesAreShownNoneAtAllIncluded() throws Exception {
        Files.writeString(folder.resolve("access.log"), "one\ntwo\nthree\n");
        reader().show(session, 0, false);
        assertThat(session.printed()).isEmpty();
        reader().show(session, 2, false);
        assertThat(session.printed()).isEqualTo("two\nthree\n");
        assertThatThrownBy(() -> reader().show(session, -1, false)).isInstanceOf(UserError.class).hasMessageContaining("0 or more");
    }

    @Test
    void whoFollowsALogThatIsRotatedMissesNothing() throws Exception {
        Path log = folder.resolve("access.log");
        Files.writeString(log, "one\n");
        Thread follower = Thread.ofVirtual().start(() -> {
            try {
                reader().show(session, 10, true);
            } catch (Exception ended) {
                Thread.currentThread().interrupt();
            }
        });
        await().atMost(Duration.ofSeconds(20)).until(() -> session.printed().equals("one\n"));
        Files.writeString(log, "two\n", StandardOpenOption.APPEND);
        Path rotated = Files.move(log, folder.resolve("access.log.1"));
        Files.writeString(rotated, "three\n", StandardOpenOption.APPEND);
        Files.writeString(log, "four\n");
        await().atMost(Duration.ofSeconds(20)).until(() -> session.printed().equals("one\ntwo\nthree\nfour\n"));
        follower.interrupt();
        follower.join();
    }
}
