package hokku.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.AppName;
import hokku.api.Env;
import hokku.api.ProcessType;
import hokku.api.Release;
import hokku.core.state.ReleaseJournal.Marker;
import hokku.core.state.ReleaseJournal.RefMove;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseJournalTest {
    private static final AppName APP = AppName.of("hello");
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    @TempDir
    private Path folder;
    private Path file;

    @BeforeEach
    void place() {
        file = folder.resolve("releases.jsonl");
    }

    private ReleaseJournal open() throws IOException {
        return ReleaseJournal.open(file, APP);
    }

    private static Release release(int number) {
        return new Release(APP, number, "sha256:" + number, "hokku-x/hello:" + number, "dockerfile", Env.of(Map.of("A", "line\nbreak é")),
                new TreeMap<>(Map.of(ProcessType.WEB, List.of("sh", "-c", "exec \"$X\""))), List.of(3000, 4000), true, "c" + number,
                Map.of("Procfile", "web: x\n"), Map.of("test.note", "n"), "alice", NOW);
    }

    private static Marker live(int release) {
        return new Marker(release, "r" + release + "-x", "docker-local", 7, new TreeMap<>(Map.of(ProcessType.WEB, 2)), "push",
                Optional.of(new RefMove("refs/heads/master", "0".repeat(40), "c" + release)), "alice", NOW);
    }

    @Test
    void whatWasWrittenIsReadAgain() throws IOException {
        ReleaseJournal journal = open();
        assertThat(journal.begin("c1", "alice", NOW)).isEqualTo(1);
        journal.release(release(1));
        journal.live(live(1));

        ReleaseJournal again = open();

        assertThat(again.current()).contains(live(1));
        assertThat(again.currentRelease()).contains(release(1));
        assertThat(again.releases()).containsExactly(release(1));
    }

    @Test
    void aNumberIsTakenOnceEvenWhenNothingCameOfIt() throws IOException {
        open().begin("c1", "alice", NOW);
        open().begin("c2", "alice", NOW);
        ReleaseJournal journal = open();
        journal.failed(2, "build failed");

        assertThat(open().begin("c3", "alice", NOW)).isEqualTo(3);
    }

    @Test
    void whatCouldNotGoLiveIsTakenBackEvenWhereNoLineMoreFits() throws IOException {
        ReleaseJournal journal = open();
        for (int number = 1; number <= 2; number++) {
            journal.begin("c" + number, "alice", NOW);
            journal.release(release(number));
            journal.live(live(number));
        }

        journal.dropLive(live(1));

        assertThat(journal.current()).contains(live(1));
        assertThat(journal.currentRelease()).contains(release(1));
        assertThat(open().current()).contains(live(1));
        assertThat(open().releases()).containsExactly(release(1), release(2));
        assertThatThrownBy(() -> journal.dropLive(live(1))).isInstanceOf(IOException.class).hasMessageContaining("does not end with");
    }

    @Test
    void aLastLineThatWasNotWrittenToItsEndIsDropped() throws IOException {
        ReleaseJournal journal = open();
        journal.begin("c1", "alice", NOW);
        journal.release(release(1));
        journal.live(live(1));
        long whole = Files.size(file);
        Files.writeString(file, "{\"type\":\"live\",\"number\":2,\"depl", StandardOpenOption.APPEND);

        ReleaseJournal again = open();

        assertThat(again.current()).contains(live(1));
        assertThat(Files.size(file)).isEqualTo(whole);
        assertThat(again.begin("c2", "alice", NOW)).isEqualTo(2);
    }

    @Test
    void aBrokenLineInTheMiddleIsNamedAndNothingIsGuessed() throws IOException {
        ReleaseJournal journal = open();
        journal.begin("c1", "alice", NOW);
        Files.writeString(file, "garbage\n", StandardOpenOption.APPEND);
        Files.writeString(file, "{\"type\":\"begin\",\"number\":2}\n", StandardOpenOption.APPEND);

        assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("line 2");
    }

    @Test
    void onlyAReleaseThatWasRecordedCanGoLive() throws IOException {
        ReleaseJournal journal = open();
        journal.begin("c1", "alice", NOW);

        assertThatThrownBy(() -> journal.live(live(1))).isInstanceOf(IllegalArgumentException.class);
        assertThat(open().current()).isEmpty();
    }

    @Test
    void theZeroSaysThatNothingIsLiveAnyMore() throws IOException {
        ReleaseJournal journal = open();
        journal.begin("c1", "alice", NOW);
        journal.release(release(1));
        journal.live(live(1));
        journal.live(Marker.none("alice", NOW));

        assertThat(journal.current()).isEmpty();
        assertThat(journal.currentRelease()).isEmpty();
        assertThat(open().current()).isEmpty();
    }

    @Test
    void anInterruptedThreadWritesItsLineWhole() throws IOException {
        ReleaseJournal journal = open();
        Thread.currentThread().interrupt();
        try {
            journal.begin("c1", "alice", NOW);
            journal.release(release(1));
            journal.live(live(1));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
        assertThat(open().current()).contains(live(1));
    }

    @Test
    void nobodyElseMayReadIt() throws IOException {
        open().begin("c1", "alice", NOW);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    }

    @Test
    void whatWasTakenBackNeverWasLive() throws IOException {
        ReleaseJournal journal = open();
        for (int number = 1; number <= 3; number++) {
            journal.begin("c" + number, "alice", NOW);
            journal.release(release(number));
        }
        Marker none = Marker.none("alice", NOW);

        journal.live(live(1));
        journal.live(none);
        assertThat(journal.markers()).isEmpty();
        journal.live(live(2));
        journal.live(live(3));
        journal.live(live(2));

        assertThat(journal.markers()).containsExactly(live(2));
    }
}
