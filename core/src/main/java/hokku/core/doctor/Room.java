package hokku.core.doctor;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What is left of a file system. Numbers of inodes are 0 where it has no fixed number of them.
///
/// @param source what it is on: `/dev/vda1`
/// @param mount where it is mounted
record Room(String source, String mount, long free, long size, long freeInodes, long inodes) {
    private static final String GAP = "\\s+";

    /// What the file system of a path has left; empty when it cannot be told.
    static Optional<Room> of(Path path) throws InterruptedException {
        return Program.ask("df", "-B1", "--output=avail,size,iavail,itotal,source,target", "--", path.toString()).flatMap(Room::parse);
    }

    /// @param printed a line of titles, and one of numbers
    static Optional<Room> parse(String printed) {
        List<String> lines = printed.lines().toList();
        String[] columns = lines.size() < 2 ? new String[0] : lines.get(1).strip().split(GAP, 6);
        if (columns.length < 6 || !columns[0].matches("\\d{1,18}") || !columns[1].matches("\\d{1,18}")) {
            return Optional.empty();
        }
        return Optional.of(new Room(columns[4], columns[5], Long.parseLong(columns[0]), Long.parseLong(columns[1]), number(columns[2]), number(columns[3])));
    }

    /// Whether it is the same file system, mounted a second time perhaps. What is free may have changed meanwhile.
    boolean isSameAs(Room other) {
        return source.equals(other.source) && size == other.size && inodes == other.inodes;
    }

    private static long number(String text) {
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    }
}
