package hokku.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;

/// A real swarm of several engines on this machine, each with processes, mounts and a network of its own.
///
/// Any number of labs may run at the same time; each has names, a network and a folder that nothing else has. All of it is gone
/// after [#close], which the JVM's end calls too; what a JVM leaves that was killed is removed by the next [#start].
/// The nodes reach each other and this machine at [#gateway], and nothing else: an image that they do not have is refused at once.
/// Needs root, and `dockerd`, `containerd`, `docker`, `ip`, `iptables`, `nsenter`, `unshare`, and `openssl` for TLS.
public final class SwarmLab implements AutoCloseable {
    private static final int TLS_PORT = 2376;
    private static final int MANAGEMENT_PORT = 2377;

    private final Options options;
    private final LabFolder folder;
    private final LabNetwork network;
    private final LabImages images;
    private final List<SwarmNode> nodes;
    private final Thread atExit = new Thread(this::removeAtExit, "removes a swarm lab");
    /// Held for reading by whoever makes something of the lab, for writing by who removes it: nothing is made after that.
    private final ReadWriteLock making = new ReentrantReadWriteLock();
    private Optional<LabCertificates> certificates = Optional.empty();
    private boolean closed;

    /// What a lab is made of.
    ///
    /// @param nodes how many, from 1
    /// @param tls whether the engine of node 1 answers by TCP too, to those who have the certificate of [SwarmLab#clientCertificates]
    /// @param insecureRegistry whether the engines speak to registries in the lab's own network without TLS
    /// @param heartbeat how often a node tells the manager that it lives: three missing ones make it Down; at least a second
    /// @param images of this machine's own engine, which are copied to all nodes
    public record Options(int nodes, boolean tls, boolean insecureRegistry, Duration heartbeat, List<String> images) {
        private static final int MOST = 100;

        public Options {
            if (nodes < 1 || nodes > MOST) {
                throw new IllegalArgumentException("nodes: 1 to " + MOST + ", not " + nodes);
            }
            if (heartbeat.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException("a heartbeat takes a second at least, not " + heartbeat);
            }
            images = List.copyOf(images);
        }

        /// As engines are without options, and without images.
        public static Options nodes(int nodes) {
            return new Options(nodes, false, false, Duration.ofSeconds(5), List.of());
        }

        public Options tls(boolean wanted) {
            return new Options(nodes, wanted, insecureRegistry, heartbeat, images);
        }

        public Options insecureRegistry(boolean wanted) {
            return new Options(nodes, tls, wanted, heartbeat, images);
        }

        public Options heartbeat(Duration period) {
            return new Options(nodes, tls, insecureRegistry, period, images);
        }

        public Options images(String... names) {
            return new Options(nodes, tls, insecureRegistry, heartbeat, List.of(names));
        }
    }

    private SwarmLab(Options options, LabFolder folder) {
        this.options = options;
        this.folder = folder;
        this.network = folder.network();
        this.images = new LabImages(folder.path().resolve("images"));
        this.nodes = IntStream.rangeClosed(1, options.nodes()).mapToObj(number -> new SwarmNode(this, folder, number)).toList();
    }

    /// @throws IOException when an engine does not start, with the end of its log; then nothing is left of the lab
    public static SwarmLab start(int nodes) throws IOException {
        return start(Options.nodes(nodes));
    }

    /// Returns when all nodes are ready, and have their images.
    ///
    /// @throws IOException when an engine does not start, with the end of its log; then nothing is left of the lab
    public static SwarmLab start(Options options) throws IOException {
        LabFolder.sweep();
        SwarmLab lab = new SwarmLab(options, LabFolder.claim());
        Runtime.getRuntime().addShutdownHook(lab.atExit);
        try {
            lab.build();
            return lab;
        } catch (IOException | RuntimeException | Error failed) {
            try {
                lab.close();
            } catch (IOException | RuntimeException left) {
                failed.addSuppressed(left);
            }
            throw failed;
        }
    }

    private void build() throws IOException {
        make(() -> {
            network.create();
            if (options.tls()) {
                certificates = Optional.of(LabCertificates.create(folder.path().resolve("tls"), manager().address()));
            }
        });
        forEach(nodes, SwarmNode::launch);
        manager().docker("swarm", "init", "--advertise-addr", manager().address(), "--dispatcher-heartbeat", options.heartbeat().toMillis() + "ms");
        String token = manager().docker("swarm", "join-token", "--quiet", "worker").strip();
        forEach(nodes, node -> {
            if (node != manager()) {
                node.docker("swarm", "join", "--advertise-addr", node.address(), "--token", token, manager().address() + ":" + MANAGEMENT_PORT);
            }
            for (String image : options.images()) {
                node.load(image);
            }
            node.awaitReady();
        });
    }

    /// The first node, which is the only manager.
    public SwarmNode manager() {
        return nodes.getFirst();
    }

    /// @param number from 1, which is the manager
    public SwarmNode node(int number) {
        return nodes.get(number - 1);
    }

    public List<SwarmNode> nodes() {
        return nodes;
    }

    /// The network of the lab, such as `10.98.7.0/24`.
    public String subnet() {
        return network.subnet();
    }

    /// This machine's address in the network of the lab, where the nodes reach it.
    public String gateway() {
        return network.gateway();
    }

    /// What the names of all its links, network namespaces and groups of processes begin with.
    public String id() {
        return network.bridge();
    }

    /// Where the lab keeps everything. The logs of the engines are there too.
    public Path folder() {
        return folder.path();
    }

    /// The engine of node 1 by TCP: `tcp://` and its address.
    ///
    /// @throws IllegalStateException without [Options#tls]
    public URI tlsHost() {
        clientCertificates();
        return URI.create("tcp://" + manager().address() + ":" + TLS_PORT);
    }

    /// The folder with `ca.pem`, `cert.pem` and `key.pem` that [#tlsHost] asks for.
    ///
    /// @throws IllegalStateException without [Options#tls]
    public Path clientCertificates() {
        return certificates.orElseThrow(() -> new IllegalStateException("the lab was started without TLS")).client();
    }

    /// Copies an image of this machine's own engine to all nodes that run.
    public void load(String image) throws IOException {
        forEach(nodes.stream().filter(SwarmNode::isPresent).toList(), node -> node.load(image));
    }

    /// Brings everything back that a test has killed, stopped or cut off. Returns when all nodes are ready.
    public void mend() throws IOException {
        if (!nodes.stream().allMatch(SwarmNode::isPresent)) {
            forEach(nodes, SwarmNode::mend);
            nodes.forEach(SwarmNode::awaitReady);
        }
    }

    LabImages images() {
        return images;
    }

    List<String> engineOptions(SwarmNode node) {
        List<String> words = new ArrayList<>();
        if (options.insecureRegistry()) {
            words.addAll(List.of("--insecure-registry", network.subnet()));
        }
        if (node == manager() && certificates.isPresent()) {
            words.addAll(List.of("--host", tlsHost().toString()));
            words.addAll(certificates.get().options());
        }
        return words;
    }

    void removeGroup(SwarmNode node) {
        LabCgroups.remove(node.group());
    }

    /// Waits until the swarm knows a node again. When the manager comes back, it has to find all the others.
    void awaitReturn(SwarmNode node) {
        if (manager().isPresent()) {
            List<SwarmNode> awaited = node == manager() ? nodes : List.of(node);
            awaited.stream().filter(SwarmNode::isPresent).forEach(SwarmNode::awaitReady);
        }
    }

    /// @throws IOException also when the lab is closed
    void make(Making step) throws IOException {
        making.readLock().lock();
        try {
            if (closed) {
                throw new IOException("the lab is closed: " + folder.path());
            }
            step.run();
        } finally {
            making.readLock().unlock();
        }
    }

    /// A part of a lab comes to be.
    @FunctionalInterface
    interface Making {
        void run() throws IOException;
    }

    /// Removes all of it: engines and what they started, mounts, network, files. Does nothing the second time.
    @Override
    public void close() throws IOException {
        making.writeLock().lock();
        try {
            if (!closed) {
                folder.remove();
                closed = true;
                forgetExit();
            }
        } finally {
            making.writeLock().unlock();
        }
    }

    private void forgetExit() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException ending) {
            // The JVM ends already, and finds it closed.
        }
    }

    private void removeAtExit() {
        try {
            close();
        } catch (IOException left) {
            throw new UncheckedIOException("remains of a swarm lab are in " + folder.path(), left);
        }
    }

    @FunctionalInterface
    private interface Step {
        void on(SwarmNode node) throws IOException;
    }

    /// Does it to all nodes at once. Returns, or fails, when all are done.
    private static void forEach(List<SwarmNode> nodes, Step step) throws IOException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Void>> steps = nodes.stream().map(node -> (Callable<Void>) () -> {
                step.on(node);
                return null;
            }).toList();
            for (Future<Void> done : threads.invokeAll(steps)) {
                done.get();
            }
        } catch (ExecutionException failed) {
            throw new IOException("a step in a swarm lab failed: " + failed.getCause().getMessage(), failed.getCause());
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", ended);
        }
    }
}
