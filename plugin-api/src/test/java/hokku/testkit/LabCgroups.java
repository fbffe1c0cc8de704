package hokku.testkit;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The groups of processes that the engines of a lab made for their containers, in the one tree or in each of the older kind.
final class LabCgroups {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private LabCgroups() {}

    /// Removes a group with those below it. That they can be removed proves that nothing runs in them.
    static void remove(String group) {
        await("the groups below " + group + " are empty").atMost(PATIENCE).dontCatchUncaughtExceptions().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20)).ignoreExceptions().until(() -> {
                    for (Path folder : folders(group)) {
                        removeTree(folder);
                    }
                    return folders(group).isEmpty();
                });
    }

    private static List<Path> folders(String group) throws IOException {
        try (Stream<Path> trees = Files.list(ROOT)) {
            return Stream.concat(Stream.of(ROOT), trees.filter(tree -> !Files.isSymbolicLink(tree))).map(tree -> tree.resolve(group))
                    .filter(Files::isDirectory).toList();
        }
    }

    private static void removeTree(Path folder) throws IOException {
        try (Stream<Path> entries = Files.walk(folder)) {
            for (Path entry : entries.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(entry);
            }
        }
    }
}
