package hokku.dockerlocal;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.Network;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Engine;
import hokku.api.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The network that each app has to itself.
///
/// Its addresses are cut from a pool of our own, because the engine's pools end at about thirty networks.
final class AppNetworks {
    /// A /26: room for sixty containers.
    static final int LENGTH = 26;

    private static final Logger LOG = LoggerFactory.getLogger(AppNetworks.class);

    private final Engine engine;
    private final Supplier<Subnet> pool;
    private final Path routes;

    /// Two apps must not be given the same addresses: held while a network is looked for and made.
    private final ReentrantLock lock = new ReentrantLock();

    /// Guarded by the lock: a late preparation must not bring the network of a destroyed app back.
    private final Set<AppId> destroyed = new HashSet<>();

    AppNetworks(Engine engine, Supplier<Subnet> pool) {
        this(engine, pool, Path.of("/proc/net/route"));
    }

    /// @param routes the host's table of routes, as the kernel shows it
    AppNetworks(Engine engine, Supplier<Subnet> pool, Path routes) {
        this.engine = engine;
        this.pool = pool;
        this.routes = routes;
    }

    Subnet pool() {
        return pool.get();
    }

    static String name(AppId app) {
        return "hokku-" + app;
    }

    /// Makes the app's network unless it is there.
    ///
    /// @return its name
    String ensure(AppId id, AppName app) {
        lock.lock();
        try {
            String name = name(id);
            DockerClient client = engine.client();
            if (!destroyed.contains(id) && !exists(client, name)) {
                create(client, name, Map.of(Engine.INSTANCE_LABEL, engine.instance(), Labels.ID, id.value(), Labels.APP,
                        app.value()));
            }
            return name;
        } finally {
            lock.unlock();
        }
    }

    private static boolean exists(DockerClient client, String name) {
        return client.listNetworksCmd().withNameFilter(name).exec().stream().anyMatch(network -> network.getName().equals(name));
    }

    private void create(DockerClient client, String name, Map<String, String> labels) {
        Subnet from = pool.get();
        List<Subnet> taken = taken(client);
        for (long index = 0; index < from.parts(LENGTH); index++) {
            Subnet candidate = from.part(index, LENGTH);
            if (taken.stream().noneMatch(candidate::overlaps)) {
                try {
                    client.createNetworkCmd().withName(name).withDriver("bridge").withCheckDuplicate(true).withLabels(labels)
                            .withIpam(new Network.Ipam().withDriver("default")
                                    .withConfig(new Network.Ipam.Config().withSubnet(candidate.toString())))
                            .exec();
                    return;
                } catch (ConflictException e) {
                    if (exists(client, name)) {
                        return;
                    }
                    throw e;
                } catch (DockerException e) {
                    // Somebody else on this host took it in this moment, or the engine knows of a use that we do not.
                    if (!e.getMessage().contains("overlap") && !e.getMessage().contains("conflicts with")) {
                        throw e;
                    }
                    LOG.debug("{} is taken", candidate, e);
                }
            }
        }
        throw new UserError("No network is left for the app: every /" + LENGTH + " of the pool " + from
                + " is in use, by other networks"
                + " or the host's routes. Choose another pool, for instance: network:set --global pool 172.28.0.0/14");
    }

    private List<Subnet> taken(DockerClient client) {
        List<Subnet> taken = new ArrayList<>(routed());
        taken.addAll(used(client));
        return taken;
    }

    /// The addresses of the engine's networks, whoever made them.
    static List<Subnet> used(DockerClient client) {
        List<Subnet> used = new ArrayList<>();
        for (Network network : client.listNetworksCmd().exec()) {
            if (network.getIpam() != null && network.getIpam().getConfig() != null) {
                network.getIpam().getConfig().stream().map(Network.Ipam.Config::getSubnet)
                        .filter(subnet -> subnet != null && Subnet.isOne(subnet)).map(Subnet::of).forEach(used::add);
            }
        }
        return used;
    }

    /// What the host reaches by another way than its default route.
    List<Subnet> routed() {
        List<Subnet> routed = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(routes)) {
                String[] columns = line.strip().split("\\s+");
                if (columns.length > 7 && columns[1].matches("[0-9A-F]{8}") && columns[7].matches("[0-9A-F]{8}")) {
                    int length = Integer.bitCount((int) Long.parseLong(columns[7], 16));
                    if (length > 0) {
                        long address = Integer.toUnsignedLong(Integer.reverseBytes((int) Long.parseLong(columns[1], 16)));
                        routed.add(new Subnet(address, length));
                    }
                }
            }
        } catch (IOException e) {
            LOG.debug("The host's routes cannot be read; only the engine's networks are heeded", e);
        }
        return routed;
    }

    /// Brings another container into the app's network, by names that hold there, unless it is in it.
    void connect(AppId id, AppName app, String container, List<String> names) {
        String network = ensure(id, app);
        lock.lock();
        try {
            if (!isConnected(network, container)) {
                engine.client().connectToNetworkCmd().withNetworkId(network).withContainerId(container)
                        .withContainerNetwork(new ContainerNetwork().withAliases(names)).exec();
            }
        } finally {
            lock.unlock();
        }
    }

    void disconnect(AppId id, String container) {
        lock.lock();
        try {
            if (isConnected(name(id), container)) {
                engine.client().disconnectFromNetworkCmd().withNetworkId(name(id)).withContainerId(container).withForce(true).exec();
            }
        } catch (NotFoundException gone) {
            LOG.debug("Container {} or the network {} is gone", container, name(id), gone);
        } finally {
            lock.unlock();
        }
    }

    private boolean isConnected(String network, String container) {
        return engine.client().inspectContainerCmd(container).exec().getNetworkSettings().getNetworks().containsKey(network);
    }

    /// Removes the app's network; what else was connected to it loses it.
    void remove(AppId app) {
        lock.lock();
        try {
            destroyed.add(app);
            String name = name(app);
            DockerClient client = engine.client();
            for (Network network : client.listNetworksCmd().withNameFilter(name).exec()) {
                if (network.getName().equals(name)) {
                    remove(client, network.getId());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private static void remove(DockerClient client, String network) {
        try {
            // Only an inspection tells what is connected.
            Map<String, Network.ContainerNetworkConfig> connected = client.inspectNetworkCmd().withNetworkId(network).exec()
                    .getContainers();
            if (connected != null) {
                for (String container : connected.keySet()) {
                    client.disconnectFromNetworkCmd().withNetworkId(network).withContainerId(container).withForce(true).exec();
                }
            }
            client.removeNetworkCmd(network).exec();
        } catch (NotFoundException e) {
            LOG.debug("Network {} is gone already", network, e);
        }
    }
}
