package hokku.core.deploy;

import hokku.api.Engine;
import hokku.api.Setting;
import hokku.api.UserError;
import hokku.core.state.Catalogue;
import hokku.core.state.Home;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Refuses deploys before they begin, and ends builds, while a disk that they write to is about to be full: what runs needs what is left.
public final class FreeSpace {
    /// How much must be free: of several amounts the least.
    static final Setting<List<String>> LEAST = Setting.words("builds", "min-free-space", FreeSpace::amount)
            .initially(List.of("5%", "500m")).scope(Setting.Scope.GLOBAL)
            .help("What must be free on the disks of the home and of the engine before a deploy begins: 500m, 5%, the least of both"
                    + " with \"5% 500m\", or 0");

    private static final Logger LOG = LoggerFactory.getLogger(FreeSpace.class);

    private static final Duration GLANCE = Duration.ofSeconds(1);
    private static final String ADVICE = "Free some space: cleanup removes what no release needs, apps:destroy what nobody needs. Then push again.\n"
            + "The limit is a setting: builds:set --global min-free-space <amount>";

    private final Home home;
    private final Engine engine;
    private final Catalogue catalogue;
    /// Where the engine keeps what it builds, once it has said so. Guarded by this.
    private Optional<Path> builds = Optional.empty();

    FreeSpace(Home home, Engine engine, Catalogue catalogue) {
        this.home = home;
        this.engine = engine;
        this.catalogue = catalogue;
    }

    private static String amount(String word) {
        if (!word.matches("0|[0-9]{1,2}%|[1-9][0-9]{0,8}[kmg]")) {
            throw new UserError("Invalid value for min-free-space: " + word + ". Use an amount like 500m, 5% or 0");
        }
        return word;
    }

    private static long bytes(String amount, long size) {
        return switch (amount.charAt(amount.length() - 1)) {
            case '0' -> 0;
            case '%' -> size / 100 * Long.parseLong(amount.substring(0, amount.length() - 1));
            default -> CoreSettings.bytes(amount);
        };
    }

    /// A disk that something of this server is on.
    ///
    /// @param path where
    public record Disk(Path path, long free, long size) {
        @Override
        public String toString() {
            return words(free) + " of " + words(size) + " are free at " + path;
        }
    }

    /// @throws UserError while there is too little
    void demand() {
        lack(1).ifPresent(found -> {
            throw new UserError(("The disk of the server is nearly full: %s, and a deploy needs %s.\n" + ADVICE).formatted(found.disk(), words(found.wanted())));
        });
    }

    /// Does something that writes to the disks, and ends it by an interrupt when less than half of what must be free is left: no build
    /// may take what the apps need.
    ///
    /// @throws UserError when it was ended
    <T> T watched(Callable<T> work) throws Exception {
        Watch watch = new Watch(Thread.currentThread());
        Thread watching = Thread.ofVirtual().name("free space").start(watch);
        try {
            return work.call();
        } catch (InterruptedException ended) {
            throw watch.end().map(lack -> (Exception) new UserError(UserError.FAILED, ("The build was ended, since it filled the disk of the server:"
                    + " %s.\n" + ADVICE).formatted(lack.disk()), ended)).orElse(ended);
        } finally {
            watching.interrupt();
            if (watch.end().isPresent()) {
                // That interrupt was meant for the work alone.
                Thread.interrupted();
            }
        }
    }

    /// Looks at the disks every second.
    private final class Watch implements Runnable {
        private final Thread working;
        /// Guarded by this, as is `over`.
        private Optional<Lack> struck = Optional.empty();
        private boolean over;

        private Watch(Thread working) {
            this.working = working;
        }

        @Override
        public void run() {
            try {
                Optional<Lack> found = Optional.empty();
                while (found.isEmpty()) {
                    Thread.sleep(GLANCE);
                    found = lack(2);
                }
                strike(found);
            } catch (InterruptedException done) {
                Thread.currentThread().interrupt();
            }
        }

        private synchronized void strike(Optional<Lack> found) {
            if (!over) {
                struck = found;
                working.interrupt();
            }
        }

        /// No interrupt comes after this.
        ///
        /// @return why one came
        private synchronized Optional<Lack> end() {
            over = true;
            return struck;
        }
    }

    /// A disk on which less is free than must be.
    private record Lack(Disk disk, long wanted) {}

    /// @param part into how many parts the limit is divided
    private Optional<Lack> lack(int part) {
        List<String> least = catalogue.global().value(LEAST).orElseThrow();
        return disks().stream().map(disk -> new Lack(disk, least.stream().mapToLong(amount -> bytes(amount, disk.size())).min().orElse(0)))
                .filter(each -> each.disk().free() < each.wanted() / part).findFirst();
    }

    /// Those of the home and of the engine, as far as they can be asked.
    List<Disk> disks() {
        return Stream.concat(Stream.of(home.root()), engineFolder().stream()).flatMap(FreeSpace::disk).toList();
    }

    private static Stream<Disk> disk(Path path) {
        try {
            FileStore disk = Files.getFileStore(path);
            return Stream.of(new Disk(path, disk.getUsableSpace(), disk.getTotalSpace()));
        } catch (IOException | SecurityException unknown) {
            LOG.debug("Nobody knows how much space there is at {}", path, unknown);
            return Stream.empty();
        }
    }

    private synchronized Optional<Path> engineFolder() {
        if (builds.isEmpty()) {
            try {
                builds = Optional.ofNullable(engine.client().infoCmd().exec().getDockerRootDir()).map(Path::of).filter(Files::exists);
            } catch (RuntimeException away) {
                LOG.debug("The engine does not say where it keeps its images", away);
            }
        }
        return builds;
    }

    /// `1.5 GB`.
    public static String words(long bytes) {
        String[] units = {"kB", "MB", "GB", "TB"};
        double amount = bytes / 1024.0;
        int unit = 0;
        while (amount >= 1000 && unit < units.length - 1) {
            amount /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, amount < 10 ? "%.1f %s" : "%.0f %s", amount, units[unit]);
    }
}
