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
    private boolean recording = true;

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

    @Test
    void whatIsWantedIsReadAcrossFilesTheOldestFirst() throws IOException {
        Audit audit = audit(1);
        for (int i = 0; i < 7; i++) {
            audit.add(ALICE, "command-" + i, Optional.empty(), List.of(), i % 2, Duration.ZERO);
        }
        assertThat(commands(audit.last(100, line -> true))).containsExactly("command-2", "command-3", "command-4", "command-5", "command-6");
        assertThat(commands(audit.last(2, line -> line.contains("\"exit\":0")))).containsExactly("command-4", "command-6");
    }

    @Test
    void whoFollowsGetsEveryLineOnceAlsoWhenAFileIsPutAside() throws Exception {
        Audit audit = audit(300);
        audit.add(ALICE, "before", Optional.empty(), List.of(), 0, Duration.ZERO);
        try (Audit.Tail tail = audit.tail(10, line -> !line.contains("other"))) {
            assertThat(commands(tail.former())).containsExactly("before");
            for (int i = 0; i < 5; i++) {
                audit.add(ALICE, "other", Optional.empty(), List.of(), 0, Duration.ZERO);
                audit.add(ALICE, "command-" + i, Optional.empty(), List.of(), 0, Duration.ZERO);
                assertThat(tail.next()).contains("command-" + i);
            }
        }
    }

    @Test
    void whatConcernsTheLogItselfIsRecordedAlsoWhileItIsOff() throws IOException {
        Audit audit = audit(10_000);
        recording = false;
        audit.add(ALICE, "config:set", Optional.empty(), List.of(), 0, Duration.ZERO);
        audit.add(ALICE, "events:off", Optional.empty(), List.of(), 0, Duration.ZERO);
        assertThat(commands(audit.last(10, line -> true))).containsExactly("events:off");
    }

    private static List<String> commands(List<String> lines) {
        return lines.stream().map(line -> line.replaceAll(".*\"command\":\"([^\"]+)\".*", "$1")).toList();
    }

    private Path file() {
        return folder.resolve("audit.jsonl");
    }

    private Audit audit(long limit) {
        return new Audit(file(), new JsonText(), Clock.fixed(Instant.parse("2026-01-02T03:04:05.678901Z"), ZoneOffset.UTC), limit, () -> recording);
    }
}
