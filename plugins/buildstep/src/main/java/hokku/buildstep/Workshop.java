package hokku.buildstep;

import com.github.dockerjava.api.command.CommitCmd;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.NotFoundException;
import hokku.api.Attachment;
import hokku.api.Engine;
import hokku.api.SourceTree;
import hokku.api.TarStream;
import hokku.api.Uninterruptible;
import hokku.api.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A container in which an image is made: something runs in it once, and what it leaves becomes the image. Gone when closed.
final class Workshop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Workshop.class);
    /// Tells these containers from all others of this server.
    static final String LABEL = "hokku.workshop";
    /// The process of the server that it ends with.
    static final String SERVER = ProcessHandle.current().pid() + "-"
            + ProcessHandle.current().info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    /// Where what runs in it says what went wrong.
    private static final String FAILURE = "/tmp/failure";
    private static final int KILLED = 137;
    /// The containers that are done with, but were not removed when the engine was asked to.
    private static final Set<String> UNREMOVED = ConcurrentHashMap.newKeySet();

    private final Engine engine;
    private final String container;
    /// An image takes over the labels of the container that it is made of, and passes them on: these make them empty.
    private final Map<String, String> noLabels;

    private Workshop(Engine engine, String container, Map<String, String> noLabels) {
        this.engine = engine;
        this.container = container;
        this.noLabels = noLabels;
    }

    /// How what ran in it ended.
    enum End { DONE, FAILED, TIMED_OUT, OUT_OF_MEMORY }

    /// Whether it is one that a server which has ended left, or that could not be removed.
    static boolean isLeftover(String container, Map<String, String> labels) {
        String server = labels.getOrDefault(LABEL, "");
        return !server.isEmpty() && (!server.equals(SERVER) || UNREMOVED.contains(container));
    }

    /// @param labels of the container, besides those that all have
    /// @param set says the rest
    static Workshop open(Engine engine, String image, Map<String, String> labels, UnaryOperator<CreateContainerCmd> set) throws InterruptedException {
        Map<String, String> all = new TreeMap<>(labels);
        all.put(Engine.INSTANCE_LABEL, engine.instance());
        all.put(LABEL, SERVER);
        Map<String, String> none = all.keySet().stream().collect(Collectors.toMap(label -> label, label -> ""));
        // A call that is cut off may leave a container that nobody knows.
        Workshop open = uninterrupted("make a container", () -> new Workshop(engine, set.apply(engine.client().createContainerCmd(image)
                .withLabels(all).withStdinOpen(true).withStdInOnce(true).withAttachStdin(true)).exec().getId(), none));
        if (Thread.interrupted()) {
            open.close();
            throw new InterruptedException("cancelled before the container was started");
        }
        return open;
    }

    /// Puts files into it, as root's.
    ///
    /// @param any a tree, which knows how an archive is written
    /// @param files their content by their path without the first slash
    void put(SourceTree any, Map<String, byte[]> files) throws IOException {
        SourceTree tree = any;
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            tree = tree.with(file.getKey(), file.getValue(), Scripts.isProgram(file.getValue()));
        }
        try (InputStream tar = TarStream.open(tree, entry -> files.containsKey(entry.path()))) {
            engine.client().copyArchiveToContainerCmd(container).withTarInputStream(tar).withRemotePath("/").exec();
        }
    }

    /// Runs what it is for, to its end.
    ///
    /// @throws InterruptedException when it was cancelled; nothing runs then
    End run(InputStream in, OutputStream out, Duration longest) throws InterruptedException {
        TimeLimit limit = new TimeLimit(longest);
        Thread watch = Thread.ofVirtual().name("time limit of a build").start(limit);
        int code;
        try {
            code = engine.run(container, Attachment.of(in, out, out, Optional.empty()));
        } finally {
            watch.interrupt();
        }
        if (limit.passed && code != 0) {
            return End.TIMED_OUT;
        }
        // Whoever did not notice that a part of it was killed would leave half of what should be there.
        if (code == KILLED || Boolean.TRUE.equals(engine.client().inspectContainerCmd(container).exec().getState().getOOMKilled())) {
            return End.OUT_OF_MEMORY;
        }
        return code == 0 ? End.DONE : End.FAILED;
    }

    private final class TimeLimit implements Runnable {
        private final Duration longest;
        private volatile boolean passed;

        private TimeLimit(Duration longest) {
            this.longest = longest;
        }

        @Override
        public void run() {
            try {
                Thread.sleep(longest);
                passed = true;
                engine.client().killContainerCmd(container).exec();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException failed) {
                LOG.warn("The container {} of a build that took too long could not be ended", container, failed);
            }
        }
    }

    /// What went wrong, in the words of what ran in it.
    Optional<String> failure() throws IOException {
        return text(FAILURE).map(String::strip).filter(text -> !text.isEmpty());
    }

    Optional<String> text(String path) throws IOException {
        return engine.file(container, path).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /// Makes an image of what is in it now.
    ///
    /// @return its id
    String commit(String name, UnaryOperator<CommitCmd> set) throws InterruptedException {
        int colon = name.lastIndexOf(':');
        String id = uninterrupted("make an image", () -> set.apply(engine.client().commitCmd(container).withRepository(name.substring(0, colon))
                .withTag(name.substring(colon + 1)).withLabels(noLabels).withPause(false)).exec());
        if (Thread.interrupted()) {
            uninterrupted("remove an image", () -> engine.client().removeImageCmd(name).exec());
            throw new InterruptedException("cancelled while the image was made");
        }
        return id;
    }

    @Override
    public void close() {
        try {
            uninterrupted("remove a container", () -> engine.client().removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec());
        } catch (NotFoundException gone) {
            LOG.debug("The container {} is gone already", container, gone);
        } catch (RuntimeException failed) {
            UNREMOVED.add(container);
            LOG.warn("The container {} of a build could not be removed; that is tried again", container, failed);
        }
    }

    private static <T> T uninterrupted(String name, java.util.concurrent.Callable<T> work) {
        try {
            return Uninterruptible.call(name, work);
        } catch (RuntimeException failed) {
            throw failed;
        } catch (Exception other) {
            throw new UserError(UserError.FAILED, "The engine could not " + name + ": " + other.getMessage(), other);
        }
    }
}
