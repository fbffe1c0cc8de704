package hokku.testkit;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Ends the processes of nodes.
///
/// Of each node two are known by the program that they name: the first process in the node's own numbering of processes, and
/// the one that waits for it. With the first, everything in the node ends, and the other ends when that is done.
final class LabProcesses {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(10);

    private LabProcesses() {}

    /// What the first process of a node runs.
    static Path program(Path node) {
        return node.resolve("swarm-node");
    }

    /// What goes wrong in other threads meanwhile, such as in the one that a shutdown surprises, must not end the waiting.
    ///
    /// Ends nodes as if they had lost their power, and returns when nothing runs in them any more.
    static void kill(List<Path> programs) {
        await("the nodes' processes end").atMost(PATIENCE).dontCatchUncaughtExceptions().pollDelay(Duration.ZERO).pollInterval(POLL).until(() -> {
            List<ProcessHandle> left = of(programs);
            left.stream().filter(LabProcesses::isFirstOrAlone).forEach(ProcessHandle::destroyForcibly);
            return left.isEmpty();
        });
    }

    /// Asks a node's engine to end, and returns when nothing runs there any more.
    static void end(Path program) {
        of(List.of(program)).stream().filter(LabProcesses::isFirstOrAlone).forEach(ProcessHandle::destroy);
        await("the engine ends that is started by " + program).atMost(PATIENCE).dontCatchUncaughtExceptions().pollDelay(Duration.ZERO).pollInterval(POLL)
                .until(() -> of(List.of(program)).isEmpty());
    }

    private static List<ProcessHandle> of(List<Path> programs) {
        List<String> names = programs.stream().map(Path::toString).toList();
        return ProcessHandle.allProcesses().filter(each -> words(each).stream().anyMatch(names::contains)).toList();
    }

    private static boolean isFirstOrAlone(ProcessHandle process) {
        return !numbering(process).equals(numbering(ProcessHandle.current())) || process.children().findAny().isEmpty();
    }

    private static Optional<Path> numbering(ProcessHandle process) {
        try {
            return Optional.of(Files.readSymbolicLink(Path.of("/proc", String.valueOf(process.pid()), "ns", "pid")));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static List<String> words(ProcessHandle process) {
        try {
            return List.of(Files.readString(Path.of("/proc", String.valueOf(process.pid()), "cmdline"), StandardCharsets.ISO_8859_1).split("\0"));
        } catch (IOException gone) {
            return List.of();
        }
    }
}
