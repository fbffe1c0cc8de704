package hokku.core.doctor;

import hokku.api.Engine;
import hokku.api.Finding;
import hokku.api.UserError;
import hokku.api.spi.Examination;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Room for the home, and for the images and containers of the engine.
final class Disks implements Examination {
    private static final long MEGABYTE = 1L << 20;
    private static final long FULL = 256 * MEGABYTE;
    private static final long NEARLY_FULL = 5L << 30;

    private final Path home;
    private final Engine engine;

    Disks(Path home, Engine engine) {
        this.home = home;
        this.engine = engine;
    }

    @Override
    public String name() {
        return "disk";
    }

    @Override
    public List<Finding> examine() throws InterruptedException {
        Optional<Room> ours = Room.of(home);
        Optional<Path> root = dataRoot();
        Optional<Room> theirs = root.isPresent() ? Room.of(root.get()) : Optional.empty();
        List<Finding> findings = new ArrayList<>();
        if (ours.isPresent() && theirs.isPresent() && ours.get().isSameAs(theirs.get())) {
            return judge(ours.get(), "the home " + home + " and the engine's " + root.get());
        }
        findings.addAll(ours.map(room -> judge(room, "the home " + home)).orElseGet(() -> List.of(unknown(home))));
        root.ifPresent(path -> findings.addAll(theirs.map(room -> judge(room, "the engine's " + path)).orElseGet(() -> List.of(unknown(path)))));
        return findings;
    }

    /// Where the engine keeps its data, if that is on this machine. That it does not answer is another one's finding.
    private Optional<Path> dataRoot() {
        try {
            return Optional.ofNullable(engine.client().infoCmd().exec().getDockerRootDir()).map(Path::of).filter(Files::exists);
        } catch (UserError silent) {
            return Optional.empty();
        }
    }

    private static Finding unknown(Path path) {
        return Finding.warning("how much room " + path + " has cannot be told", "Look yourself: df -h " + path + "; df -i " + path);
    }

    static List<Finding> judge(Room room, String what) {
        String left = "%s: %s of %s free (%d %%) on %s".formatted(what, size(room.free()), size(room.size()), percent(room.free(), room.size()),
                room.mount());
        String remedy = "Make room: apps:destroy what nobody needs, docker image prune, or give " + room.mount() + " a larger disk";
        List<Finding> findings = new ArrayList<>();
        if (room.free() < FULL) {
            findings.add(Finding.wrong(left, remedy));
        } else if (room.free() < NEARLY_FULL && room.free() < room.size() / 10) {
            findings.add(Finding.warning(left, remedy));
        }
        if (room.inodes() > 0 && room.freeInodes() < room.inodes() / 10) {
            String inodes = "%s: %d %% of its inodes are free on %s, so hardly a new file fits".formatted(what,
                    percent(room.freeInodes(), room.inodes()), room.mount());
            String fewer = "Remove what consists of many small files; du --inodes -x " + room.mount() + " finds it";
            findings.add(room.freeInodes() < room.inodes() / 100 ? Finding.wrong(inodes, fewer) : Finding.warning(inodes, fewer));
        }
        return findings.isEmpty() ? List.of(Finding.well(left)) : findings;
    }

    private static long percent(long part, long whole) {
        return whole == 0 ? 0 : part * 100 / whole;
    }

    private static String size(long bytes) {
        return bytes >= 10L << 30 ? (bytes >> 30) + " GB" : (bytes / MEGABYTE) + " MB";
    }
}
