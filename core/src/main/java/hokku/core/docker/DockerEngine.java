package hokku.core.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.ExecCreateCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.core.RemoteApiVersion;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import hokku.api.Attachment;
import hokku.api.Engine;
import hokku.api.Env;
import hokku.api.SourceTree;
import hokku.api.UserError;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The Docker engine at a socket.
///
/// It need not be there: every use finds out anew, so an engine that comes back is used again by itself.
public final class DockerEngine implements Engine, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DockerEngine.class);
    private static final Duration PING_TIMEOUT = Duration.ofSeconds(10);
    private static final Pattern STATUS_CODE = Pattern.compile("\"StatusCode\"\\s*:\\s*(\\d+)");
    private static final Pattern MESSAGE = Pattern.compile("\"message\"\\s*:\\s*\"(.*)\"\\s*}\\s*$", Pattern.DOTALL);

    private final URI host;
    private final String instance;
    private final FutureTask<DockerClient> connecting;

    /// Returns at once; the client library, which takes its time, is set up in the background.
    ///
    /// @param host `unix:///var/run/docker.sock` or `tcp://host:port`
    /// @param instance the value of the label of everything that is this server's
    public DockerEngine(URI host, String instance) {
        if (!List.of("unix", "tcp").contains(String.valueOf(host.getScheme()))) {
            throw new UserError("The Docker host " + host
                    + " is not understood. Use unix:///var/run/docker.sock or tcp://host:port");
        }
        this.host = host;
        this.instance = instance;
        this.connecting = new FutureTask<>(this::connect);
        Thread.ofPlatform().daemon().name("docker-connect").start(connecting);
    }

    private DockerClient connect() {
        ZerodepDockerHttpClient transport = new ZerodepDockerHttpClient.Builder()
                .dockerHost(host)
                .connectionTimeout(PING_TIMEOUT)
                .build();
        // No API version: paths without one work on every engine. Said here, lest the environment says otherwise.
        DefaultDockerClientConfig config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost(host.toString())
                .withApiVersion(RemoteApiVersion.UNKNOWN_VERSION)
                .withDockerTlsVerify(false)
                .build();
        DockerClient client = DockerClientImpl.getInstance(config, new EngineTransport(transport, this::unavailable));
        try {
            client.pingCmd().exec();
        } catch (RuntimeException e) {
            LOG.warn("{}", e.getMessage());
        }
        return client;
    }

    @Override
    public DockerClient client() {
        ping();
        return library();
    }

    private DockerClient library() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return connecting.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (java.util.concurrent.ExecutionException e) {
                    throw new CompletionException("The Docker client cannot be set up", e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void ping() {
        Thread watchdog = null;
        try (EngineConnection connection = EngineConnection.open(host)) {
            watchdog = Thread.ofVirtual().name("docker-ping").start(() -> closeLater(connection));
            int status = connection.request("GET", "/_ping");
            if (status >= 500) {
                throw new IOException("status " + status);
            }
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                CancellationException cancelled = new CancellationException("interrupted while the engine was asked");
                cancelled.initCause(e);
                throw cancelled;
            }
            throw unavailable(e);
        } finally {
            if (watchdog != null) {
                watchdog.interrupt();
            }
        }
    }

    /// An engine that hangs accepts connections but answers none.
    private static void closeLater(EngineConnection connection) {
        try {
            Thread.sleep(PING_TIMEOUT);
            connection.close();
        } catch (InterruptedException e) {
            // It answered in time.
        } catch (IOException e) {
            LOG.debug("Cannot close a connection", e);
        }
    }

    private UserError unavailable(Throwable cause) {
        String why = host.getScheme().equals("tcp")
                ? "Look whether an engine listens there"
                : "Look with: systemctl status docker. Start it with: systemctl start docker."
                        + " The server's user must be a member of the group docker";
        return new UserError(UserError.UNAVAILABLE, "The Docker engine does not answer at " + host + ". " + why, cause);
    }

    @Override
    public String instance() {
        return instance;
    }

    @Override
    public int exec(String container, List<String> command, Env env, Attachment attachment) throws InterruptedException {
        boolean tty = attachment.terminal().isPresent();
        String id;
        try {
            ExecCreateCmd create = client().execCreateCmd(container)
                    .withAttachStdin(true).withAttachStdout(true).withAttachStderr(true).withTty(tty)
                    .withCmd(command.toArray(String[]::new));
            Env complete = attachment.terminal().map(terminal -> Env.EMPTY.with("TERM", terminal.type()).merge(env)).orElse(env);
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
        ExecutedCommand executed = new ExecutedCommand(library(), host, container, id);
        String size = attachment.terminal()
                .map(terminal -> ",\"ConsoleSize\":[" + terminal.rows() + "," + terminal.columns() + "]").orElse("");
        try (EngineConnection connection = EngineConnection.open(host)) {
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
        try (EngineConnection ending = EngineConnection.open(host); EngineConnection connection = EngineConnection.open(host)) {
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
            throw unavailable(cause);
        }
        return interrupted(cause);
    }

    @Override
    public void close() throws IOException {
        library().close();
    }
}
