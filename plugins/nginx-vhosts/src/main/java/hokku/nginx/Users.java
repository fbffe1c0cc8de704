package hokku.nginx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The names of the system's users.
final class Users {
    private static final Path TABLE = Path.of("/etc/passwd");

    private Users() {}

    /// The name of a user, or the number where it has none here.
    static String name(int id) throws IOException {
        return Files.readAllLines(TABLE).stream().map(line -> List.of(line.split(":", -1)))
                .filter(columns -> columns.size() > 2 && columns.get(2).equals(String.valueOf(id))).map(List::getFirst).findFirst()
                .orElse("user " + id);
    }
}
