package hokku.testkit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Where a lab keeps everything, with a note of the JVM that it belongs to.
///
/// The name tells the lab's network. Who makes the folder has the network: of two, only one can.
record LabFolder(Path path, LabNetwork network) {
    private static final String NAME = "hokku-swarm-lab-";
    private static final String OWNER = "owner";
    /// Engines keep the file systems of containers there, which are too big for memory, and which these cannot hold.
    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

    /// @throws IOException when there is no place, or no network is free
    static LabFolder claim() throws IOException {
        Path place = places().findFirst().orElseThrow(() -> new IOException("no temporary directory is on a disk: /var/tmp, java.io.tmpdir"));
        for (LabNetwork network : FreeNetworks.find()) {
            Path path = place.resolve(NAME + network.prefix());
            try {
                Files.createDirectory(path);
                Files.writeString(path.resolve(OWNER), Owner.current().line());
                return new LabFolder(path, network);
            } catch (FileAlreadyExistsException taken) {
                // Of another lab: the next network may be free.
            }
        }
        throw new IOException("no network is free for a lab: every one is routed, or has a folder " + place.resolve(NAME + "*"));
    }

    private static Stream<Path> places() throws IOException {
        Stream.Builder<Path> places = Stream.builder();
        for (Path place : List.of(Path.of("/var/tmp"), Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath())) {
            if (Files.isDirectory(place) && !IN_MEMORY.contains(Files.getFileStore(place).type())) {
                places.add(place);
            }
        }
        return places.build().distinct();
    }

    /// Removes every lab whose JVM is proven to be dead.
    static synchronized void sweep() throws IOException {
        for (Path place : places().toList()) {
            for (LabFolder folder : in(place)) {
                folder.removeIfAbandoned();
            }
        }
    }

    private static List<LabFolder> in(Path place) throws IOException {
        try (Stream<Path> entries = Files.list(place)) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith(NAME)).flatMap(entry -> LabNetwork
                    .of(entry.getFileName().toString().substring(NAME.length())).map(network -> new LabFolder(entry, network)).stream()).toList();
        }
    }

    private void removeIfAbandoned() throws IOException {
        try (FileChannel channel = FileChannel.open(path.resolve(OWNER), StandardOpenOption.WRITE); FileLock lock = channel.tryLock()) {
            // Read with the lock held: another JVM may have swept it in between, and a third taken its place.
            Optional<Owner> owner = lock == null ? Optional.empty() : Owner.read(Files.readString(path.resolve(OWNER)));
            if (owner.isPresent() && owner.get().isDead()) {
                remove();
            }
        } catch (NoSuchFileException noted) {
            // Not noted yet, or gone by now.
        }
    }

    Path node(int number) {
        return path.resolve("node" + number);
    }

    /// Removes a lab with all that runs in it, in whatever state it is.
    void remove() throws IOException {
        try (Stream<Path> nodes = Files.list(path)) {
            LabProcesses.kill(nodes.map(LabProcesses::program).toList());
        }
        LabCgroups.remove(network.bridge());
        network.remove();
        // The owner's note comes last: as long as anything is there, it is known whose it is.
        try (Stream<Path> entries = Files.list(path)) {
            for (Path entry : entries.filter(entry -> !entry.endsWith(OWNER)).toList()) {
                delete(entry);
            }
        }
        delete(path);
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> entries = Files.walk(tree)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(entry);
            }
        }
    }

    /// A JVM: its number may be another's later, but never with the same start, counted from the same start of the machine.
    private record Owner(long pid, String start, String boot, String numbers) {
        static Owner current() throws IOException {
            long pid = ProcessHandle.current().pid();
            String start = start(pid).orElseThrow(() -> new IOException("no start of this process in /proc"));
            return new Owner(pid, start, bootOfMachine(), numbersOfProcesses());
        }

        /// @return empty if it was not written to its end
        static Optional<Owner> read(String line) {
            String[] words = line.strip().split(" ");
            return line.endsWith("\n") && words.length == 4
                    ? Optional.of(new Owner(Long.parseLong(words[0]), words[1], words[2], words[3])) : Optional.empty();
        }

        String line() {
            return String.join(" ", String.valueOf(pid), start, boot, numbers) + "\n";
        }

        /// Whether this is certain: of processes in another container nothing is.
        boolean isDead() throws IOException {
            return !boot.equals(bootOfMachine()) || numbers.equals(numbersOfProcesses()) && !start(pid).equals(Optional.of(start));
        }

        private static String bootOfMachine() throws IOException {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        }

        private static String numbersOfProcesses() throws IOException {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
        }

        private static Optional<String> start(long pid) throws IOException {
            try {
                String state = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
                // The program's name stands in brackets and may hold anything; the start is the 20th after it.
                String[] fields = state.substring(state.lastIndexOf(')') + 2).split(" ");
                return fields[0].equals("Z") ? Optional.empty() : Optional.of(fields[19]);
            } catch (NoSuchFileException gone) {
                return Optional.empty();
            }
        }
    }
}
