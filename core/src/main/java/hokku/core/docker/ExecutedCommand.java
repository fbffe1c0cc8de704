package hokku.core.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.ExecCreateCmd;
import com.github.dockerjava.api.command.InspectExecResponse;
import com.github.dockerjava.api.exception.DockerException;
import hokku.api.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A command that was executed in a running container: how it ended, and how to end it.
final class ExecutedCommand {
    private static final Logger LOG = LoggerFactory.getLogger(ExecutedCommand.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final DockerClient client;
    private final EngineReach reach;
    private final String container;
    private final String id;
    private final Optional<String> mark;

    /// @param mark a variable and its value, by which the command is found inside the container of an engine that is elsewhere
    ExecutedCommand(DockerClient client, EngineReach reach, String container, String id, Optional<String> mark) {
        this.client = client;
        this.reach = reach;
        this.container = container;
        this.id = id;
        this.mark = mark;
    }

    /// Waits for its end. Its output has ended already, so this is a matter of milliseconds in most cases.
    int exitCode() throws InterruptedException {
        long pause = 2;
        while (true) {
            InspectExecResponse state = client.inspectExecCmd(id).exec();
            if (!Boolean.TRUE.equals(state.isRunning())) {
                Long code = state.getExitCodeLong();
                return code == null ? UserError.FAILED : code.intValue();
            }
            Thread.sleep(pause);
            pause = Math.min(pause * 2, 250);
        }
    }

    /// Ends the command and the processes that it started. The engine has no call for that: the group of processes is signalled
    /// from inside the container, politely first.
    void end() throws InterruptedException {
        InspectExecResponse state = client.inspectExecCmd(id).exec();
        if (!Boolean.TRUE.equals(state.isRunning()) || state.getPidLong() == null) {
            return;
        }
        long pid = state.getPidLong();
        OptionalLong inside = pidInContainer(pid);
        for (String signal : List.of("HUP", "TERM", "KILL")) {
            signal(signal, inside);
            if (ended(signal.equals("HUP") ? PATIENCE.dividedBy(10) : PATIENCE)) {
                // Once more for what it started just then; who ignores the first one, as under nohup, ignores this one too.
                signal(signal, inside);
                return;
            }
        }
        if (inside.isPresent()) {
            // No shell in the container; this works where the server is allowed to.
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
        if (!ended(PATIENCE)) {
            LOG.warn("A command in container {} was cancelled but still runs: it cannot be reached from here", container);
        }
    }

    private void signal(String signal, OptionalLong inside) {
        if (mark.isPresent()) {
            signalMarked(signal, mark.get());
        } else if (inside.isPresent()) {
            // A shell, because its own `kill` is there when no program of that name is.
            inContainer(Optional.of("0"), "kill -" + signal + " -" + inside.getAsLong());
        }
    }

    /// As the same user, who may see the variables of its own processes; root could not without a capability that containers lack.
    private void signalMarked(String signal, String marked) {
        inContainer(Optional.empty(), "for p in /proc/[0-9]*; do if grep -qs '" + marked + "' $p/environ; then kill -" + signal
                + " ${p#/proc/}; fi; done");
    }

    private void inContainer(Optional<String> user, String script) {
        try {
            ExecCreateCmd create = client.execCreateCmd(container).withCmd("sh", "-c", script);
            user.ifPresent(create::withUser);
            try (EngineConnection connection = reach.open()) {
                connection.upgrade("/exec/" + create.exec().getId() + "/start", "{\"Detach\":true}");
            }
        } catch (DockerException | IOException e) {
            LOG.debug("Cannot signal a command in container {}", container, e);
        }
    }

    private boolean ended(Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        do {
            if (!Boolean.TRUE.equals(client.inspectExecCmd(id).exec().isRunning())) {
                return true;
            }
            Thread.sleep(20);
        } while (System.nanoTime() < deadline);
        return false;
    }

    /// The engine tells the number of a process on its host; the kernel knows it under which one inside the container. The
    /// control group proves that the host is this one.
    private OptionalLong pidInContainer(long pid) {
        Path process = Path.of("/proc", Long.toString(pid));
        try {
            if (!Files.readString(process.resolve("cgroup")).contains(container(container))) {
                return OptionalLong.empty();
            }
            for (String line : Files.readAllLines(process.resolve("status"))) {
                if (line.startsWith("NSpid:")) {
                    String[] numbers = line.substring("NSpid:".length()).strip().split("\\s+");
                    return OptionalLong.of(Long.parseLong(numbers[numbers.length - 1]));
                }
            }
        } catch (IOException e) {
            LOG.debug("Cannot look at process {}", pid, e);
        }
        return OptionalLong.empty();
    }

    private String container(String nameOrId) {
        return client.inspectContainerCmd(nameOrId).exec().getId();
    }
}
