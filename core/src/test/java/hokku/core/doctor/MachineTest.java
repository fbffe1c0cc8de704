package hokku.core.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.Finding;
import hokku.api.Finding.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is made of the machine's numbers.
class MachineTest {
    private static final long GIGABYTE = 1L << 30;

    @TempDir
    private Path folder;

    private static Room room(long free, long size, long freeInodes, long inodes) {
        return new Room("/dev/vdb", "/srv", free, size, freeInodes, inodes);
    }

    @Test
    void theNumbersOfAFileSystemAreThoseThatTheSystemPrints() throws InterruptedException {
        assertThat(Room.parse("       Avail     1B-blocks    IFree   Inodes Filesystem Mounted on\n 97003864064 105089261568 6127464 6553600 /dev/vda1 /mnt/a b\n"))
                .contains(new Room("/dev/vda1", "/mnt/a b", 97_003_864_064L, 105_089_261_568L, 6_127_464, 6_553_600));
        assertThat(Room.parse("Avail 1B-blocks IFree Inodes Filesystem Mounted on\n 10 100 - - tank /btrfs\n")).contains(new Room("tank", "/btrfs", 10, 100, 0, 0));
        assertThat(Room.parse("nonsense")).isEmpty();
        assertThat(Room.of(folder)).isPresent();
        assertThat(Room.of(folder.resolve("none"))).isEmpty();
    }

    @Test
    void whatIsMountedTwiceIsOneFileSystem() {
        Room there = new Room("/dev/vdb", "/var/lib/docker", 49 * GIGABYTE, 100 * GIGABYTE, 9, 100);
        assertThat(room(50 * GIGABYTE, 100 * GIGABYTE, 10, 100).isSameAs(there)).isTrue();
        assertThat(new Room("/dev/vdc", "/srv", 50 * GIGABYTE, 100 * GIGABYTE, 10, 100).isSameAs(there)).isFalse();
    }

    @Test
    void aDiskIsWellUntilLittleIsLeft() {
        assertThat(Disks.judge(room(50 * GIGABYTE, 100 * GIGABYTE, 10, 100), "home")).containsExactly(
                Finding.well("home: 50 GB of 100 GB free (50 %) on /srv"));
        assertThat(states(Disks.judge(room(4 * GIGABYTE, 100 * GIGABYTE, 0, 0), "home"))).containsExactly(State.WARNING);
        assertThat(states(Disks.judge(room(4 * GIGABYTE, 8 * GIGABYTE, 0, 0), "home"))).containsExactly(State.WELL);
        assertThat(states(Disks.judge(room(100 << 20, 100 * GIGABYTE, 0, 0), "home"))).containsExactly(State.WRONG);
    }

    @Test
    void aDiskWithoutInodesIsFullAsWell() {
        List<Finding> findings = Disks.judge(room(50 * GIGABYTE, 100 * GIGABYTE, 0, 1000), "home");
        assertThat(states(findings)).containsExactly(State.WRONG);
        assertThat(findings.getFirst().text()).contains("0 % of its inodes");
        assertThat(states(Disks.judge(room(50 * GIGABYTE, 100 * GIGABYTE, 50, 1000), "home"))).containsExactly(State.WARNING);
    }

    @Test
    void memoryIsWhatProgramsCanStillHave() throws IOException {
        assertThat(memory(800_000, 0)).extracting(Finding::state, Finding::text)
                .containsExactly(State.WELL, "781 MB of 1953 MB are available, and 0 MB of swap");
        assertThat(memory(100_000, 0).state()).isEqualTo(State.WARNING);
        assertThat(memory(10_000, 500_000).state()).isEqualTo(State.WARNING);
        assertThat(memory(10_000, 1_000).state()).isEqualTo(State.WRONG);
    }

    private Finding memory(long available, long swap) throws IOException {
        Path table = Files.writeString(folder.resolve("meminfo"), "MemTotal:        2000000 kB\nMemFree:  1 kB\nMemAvailable:    " + available
                + " kB\nSwapFree:        " + swap + " kB\n");
        return new Memory(table).examine().getFirst();
    }

    @Test
    void aClockThatDiffersIsToldByHowMuch() {
        assertThat(Time.judge(Duration.ofMillis(-900))).isEmpty();
        assertThat(Time.judge(Duration.ofSeconds(-10))).get().extracting(Finding::state).isEqualTo(State.WARNING);
        assertThat(Time.judge(Duration.ofMinutes(5))).get().extracting(Finding::text).asString().contains("300 s");
    }

    private static List<State> states(List<Finding> findings) {
        return findings.stream().map(Finding::state).toList();
    }
}
