package hokku.core.command;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Identity;
import hokku.core.state.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTest {
    private static final Identity ALICE = Identity.of("alice", "SHA256:abc", Access.DEPLOY);
    @TempDir
    private Path folder;

    @Test
    void everyCommandIsOneLine() throws IOException {
        Audit audit = audit(10_000);
        audit.add(ALICE, "config:set", Optional.of(AppName.of("hello")), List.of("KEY"), 0, Duration.ofMillis(12));
        audit.add(ALICE, "apps:list", Optional.empty(), List.of(), 77, Duration.ZERO);
        assertThat(Files.readAllLines(file())).containsExactly(
                "{\"when\":\"2026-01-02T03:04:05.678Z\",\"who\":\"alice\",\"fingerprint\":\"SHA256:abc\",\"command\":\"config:set\","
                        + "\"app\":\"hello\",\"names\":[\"KEY\"],\"exit\":0,\"ms\":12}",
                "{\"when\":\"2026-01-02T03:04:05.678Z\",\"who\":\"alice\",\"fingerprint\":\"SHA256:abc\",\"command\":\"apps:list\","
                        + "\"exit\":77,\"ms\":0}");
    }

    @Test
    void onlyTheServerMayReadIt() throws IOException {
        audit(10_000).add(ALICE, "version", Optional.empty(), List.of(), 0, Duration.ZERO);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file()))).isEqualTo("rw-------");
    }

    @Test
    void aFullFileIsPutAsideAndTheOldestGoes() throws IOException {
        Audit audit = audit(1);
        for (int i = 0; i < 7; i++) {
            audit.add(ALICE, "command-" + i, Optional.empty(), List.of(), 0, Duration.ZERO);
        }
        assertThat(Files.readString(file())).contains("command-6");
        assertThat(Files.readString(folder.resolve("audit.jsonl.1"))).contains("command-5");
        assertThat(Files.readString(folder.resolve("audit.jsonl.4"))).contains("command-2");
        assertThat(folder.resolve("audit.jsonl.5")).doesNotExist();
    }

    @Test
    void aLineIsWrittenByAnInterruptedThread() throws IOException {
        Thread.currentThread().interrupt();
        audit(10_000).add(ALICE, "run", Optional.empty(), List.of(), 130, Duration.ZERO);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(Files.readAllLines(file())).hasSize(1);
    }

    @Test
    void aFailureToWriteIsNoFailureOfTheCommand() throws IOException {
        Files.createDirectory(file());
        audit(10_000_000).add(ALICE, "run", Optional.empty(), List.of(), 0, Duration.ZERO);
        assertThat(file()).isDirectory();
    }

    private Path file() {
        return folder.resolve("audit.jsonl");
    }

    private Audit audit(long limit) {
        return new Audit(file(), new JsonText(), Clock.fixed(Instant.parse("2026-01-02T03:04:05.678901Z"), ZoneOffset.UTC), limit);
    }
}
