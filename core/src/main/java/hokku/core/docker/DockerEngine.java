package hokku.core.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.ExecCreateCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import hokku.api.Attachment;
import hokku.api.Engine;
import hokku.api.EngineAddress;
import hokku.api.Env;
import hokku.api.SourceTree;
import hokku.api.UserError;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The Docker engine at an address.
///
/// It need not be there: every use finds out anew, so an engine that comes back is used again by itself.
public final class DockerEngine implements Engine, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DockerEngine.class);
    /// The variable that marks a command in a container of an engine elsewhere.
    private static final String MARK = "HOKKU_EXEC";
    private static final Pattern STATUS_CODE = Pattern.compile("\"StatusCode\"\\s*:\\s*(\\d+)");
    private static final Pattern MESSAGE = Pattern.compile("\"message\"\\s*:\\s*\"(.*)\"\\s*}\\s*$", Pattern.DOTALL);

    private final EngineReach reach;
    private final EngineLibrary library;
    private final String instance;

    /// An engine without TLS.
    ///
    /// @param host `unix:///var/run/docker.sock` or `tcp://host:port`
    /// @param instance the value of the label of everything that is this server's
    public DockerEngine(URI host, String instance) {
        this(EngineAddress.of(host.toString()), instance);
    }

    /// Returns at once; the client library, which takes its time, is set up in the background.
    ///
    /// @param instance the value of the label of everything that is this server's
    public DockerEngine(EngineAddress address, String instance) {
        this.reach = new EngineReach(address);
        this.library = new EngineLibrary(reach);
        this.instance = instance;
        Thread.ofPlatform().daemon().name("docker-connect").start(this::connect);
    }

    /// The first use is the slow one; nobody is to wait for it.
    private void connect() {
        try {
            library();
            client().pingCmd().exec();
        } catch (RuntimeException e) {
            LOG.warn("{}", e.getMessage());
        }
    }

    @Override
    public DockerClient client() {
        reach.ping();
        return library();
    }

    private DockerClient library() {
        return library.client();
    }

    @Override
    public String instance() {
        return instance;
    }

    @Override
    public int exec(String container, List<String> command, Env env, Attachment attachment) throws InterruptedException {
        boolean tty = attachment.terminal().isPresent();
        // The processes of an engine that is elsewhere are none of this machine.
        Optional<String> mark = reach.isSocket() ? Optional.empty() : Optional.of(UUID.randomUUID().toString());
        String id;
        try {
            ExecCreateCmd create = client().execCreateCmd(container)
                    .withAttachStdin(true).withAttachStdout(true).withAttachStderr(true).withTty(tty)
                    .withCmd(command.toArray(String[]::new));
            Env complete = attachment.terminal().map(terminal -> Env.EMPTY.with("TERM", terminal.type()).merge(env)).orElse(env);
            if (mark.isPresent()) {
                complete = complete.with(MARK, mark.get());
            }
            if (!complete.isEmpty()) {
                create.withEnv(complete.asMap().entrySet().stream().map(one -> one.getKey() + "=" + one.getValue()).toList());
            }
            id = create.exec().getId();
        } catch (ConflictException e) {
            throw new UserError(UserError.FAILED, "Container is not running", e);
        } catch (NotFoundException e) {
            throw new UserError(UserError.FAILED, "Container " + container + " does not exist any more", e);
        } catch (CancellationException e) {
            throw interrupted(e);
        }
        ExecutedCommand executed = new ExecutedCommand(library(), reach, container, id, mark.map(value -> MARK + "=" + value));
        String size = attachment.terminal()
                .map(terminal -> ",\"ConsoleSize\":[" + terminal.rows() + "," + terminal.columns() + "]").orElse("");
        try (EngineConnection connection = reach.open()) {
            int status = connection.upgrade("/exec/" + id + "/start", "{\"Detach\":false,\"Tty\":" + tty + size + "}");
            if (status != 101 && status != 200) {
                throw refused(connection);
            }
            attachment.terminal().ifPresent(terminal -> WindowSize.follow(terminal,
                    () -> library().resizeExecCmd(id).withSize(terminal.rows(), terminal.columns()).exec()));
            new AttachedStreams(connection, attachment).join();
            return executed.exitCode();
        } catch (NotFoundException e) {
            throw new UserError(UserError.FAILED, "Container " + container + " was removed while the command ran", e);
        } catch (IOException | InterruptedException | CancellationException e) {
            throw cancelled(e, () -> {
                executed.end();
                return null;
            });
        }
    }

    @Override
    public int run(String container, Attachment attachment) throws InterruptedException {
        boolean tty = attachment.terminal().isPresent();
        try {
            InspectContainerResponse before = client().inspectContainerCmd(container).exec();
            if (Boolean.TRUE.equals(before.getConfig().getTty()) != tty) {
                throw new IllegalArgumentException("container " + container + " was made " + (tty ? "without" : "with")
                        + " a terminal");
            }
        } catch (CancellationException e) {
            throw interrupted(e);
        }
        // Both before the start, so that no output and no exit code is missed.
        try (EngineConnection ending = reach.open(); EngineConnection connection = reach.open()) {
            int waiting = ending.request("POST", "/containers/" + container + "/wait?condition=next-exit");
            if (waiting != 200) {
                throw refused(ending);
            }
            int status = connection.upgrade("/containers/" + container + "/attach?stream=1&stdin=1&stdout=1&stderr=1", "");
            if (status != 101 && status != 200) {
                throw refused(connection);
            }
            library().startContainerCmd(container).exec();
            attachment.terminal().ifPresent(terminal -> WindowSize.follow(terminal,
                    () -> library().resizeContainerCmd(container).withSize(terminal.rows(), terminal.columns()).exec()));
            new AttachedStreams(connection, attachment).join();
            Matcher code = STATUS_CODE.matcher(ending.body());
            if (!code.find()) {
                throw new IOException("no exit code in the engine's answer");
            }
            return Integer.parseInt(code.group(1));
        } catch (IOException | CancellationException e) {
            throw cancelled(e, () -> {
                kill(container);
                return null;
            });
        }
    }

    @Override
    public Optional<byte[]> file(String container, String path) throws IOException {
        try {
            return FirstFile.in(client().copyArchiveFromContainerCmd(container, path).exec(), SourceTree.MAX_READ);
        } catch (NotFoundException none) {
            LOG.debug("{} has no {}", container, path, none);
            return Optional.empty();
        }
    }

    private void kill(String container) {
        try {
            library().killContainerCmd(container).exec();
            library().waitContainerCmd(container).start().awaitStatusCode();
        } catch (NotFoundException | ConflictException | NotModifiedException e) {
            LOG.debug("Container {} has ended already", container, e);
        }
    }

    private static UserError refused(EngineConnection connection) throws IOException {
        String body = connection.body().strip();
        Matcher message = MESSAGE.matcher(body);
        return new UserError("The Docker engine refused: " + (message.find() ? message.group(1).replace("\\\"", "\"") : body));
    }

    private static InterruptedException interrupted(Throwable cause) {
        Thread.interrupted();
        InterruptedException interrupted = new InterruptedException("cancelled");
        interrupted.initCause(cause);
        return interrupted;
    }

    /// Ends what runs after an interrupt or a lost client or engine, and says which of them it was.
    private InterruptedException cancelled(Exception cause, Callable<Void> end) {
        boolean engine = cause instanceof IOException && !(cause instanceof AttachedStreams.ClientGone)
                && !Thread.currentThread().isInterrupted();
        // On a thread of its own, which no second interrupt reaches.
        Thread ending = Thread.ofVirtual().name("engine-end").start(() -> {
            try {
                end.call();
            } catch (Exception e) {
                LOG.warn("Cannot end a cancelled command: {}", e.toString());
            }
        });
        while (true) {
            try {
                ending.join();
                break;
            } catch (InterruptedException e) {
                // What was begun is brought to its end first.
                engine = false;
            }
        }
        if (engine) {
            throw reach.unavailable(cause);
        }
        return interrupted(cause);
    }

    @Override
    public void close() throws IOException {
        library.close();
    }
}
