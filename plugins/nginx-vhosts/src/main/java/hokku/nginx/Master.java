package hokku.nginx;

import hokku.api.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/// The running nginx as the kernel shows it: its master process and the workers.
final class Master {
    private static final String WORKER = "nginx: worker process";
    private static final String LEAVING = "nginx: worker process is shutting down";

    private final Folder folder;
    private final Path proc;

    Master(Folder folder, Path proc) {
        this.folder = folder;
        this.proc = proc;
    }

    /// The master process that its pid file names, if it lives and is nginx: the number may be somebody else's by now.
    OptionalLong pid() throws IOException {
        Optional<String> written = folder.read(folder.pid()).map(String::strip).filter(text -> text.matches("[0-9]{1,10}"));
        if (written.isEmpty()) {
            return OptionalLong.empty();
        }
        long pid = Long.parseLong(written.get());
        String title = title(pid);
        return title.startsWith("nginx: master process") && title.contains(folder.root().toString()) ? OptionalLong.of(pid)
                : OptionalLong.empty();
    }

    boolean isRunning() throws IOException {
        return pid().isPresent();
    }

    /// The workers that take connections.
    Set<Long> workers() throws IOException {
        OptionalLong master = pid();
        if (master.isEmpty()) {
            return Set.of();
        }
        return ProcessHandle.of(master.getAsLong()).stream().flatMap(ProcessHandle::children).map(ProcessHandle::pid)
                .filter(pid -> isAccepting(title(pid))).collect(Collectors.toSet());
    }

    /// Whether one of these workers still takes connections. Looks at them alone: to list the workers again means to look at every
    /// process of this host.
    boolean isAccepting(Set<Long> workers) {
        return workers.stream().anyMatch(pid -> isAccepting(title(pid)));
    }

    private static boolean isAccepting(String title) {
        return title.startsWith(WORKER) && !title.startsWith(LEAVING);
    }

    private String title(long pid) {
        try {
            return Files.readString(proc.resolve(String.valueOf(pid)).resolve("cmdline"), java.nio.charset.StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ').strip();
        } catch (NoSuchFileException gone) {
            return "";
        } catch (IOException endedMeanwhile) {
            return "";
        }
    }

    /// @throws UserError when it does not run, with what to do
    void demandRunning() throws IOException {
        if (!isRunning()) {
            throw new UserError(UserError.UNAVAILABLE,
                    "nginx does not run, so no app can be reached. Start it with: systemctl start hokku-nginx (or: hokku start)");
        }
    }
}
