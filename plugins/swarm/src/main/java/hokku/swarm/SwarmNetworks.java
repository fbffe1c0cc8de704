package hokku.swarm;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.Network;
import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Engine;
import hokku.api.UserError;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The overlay network of each app, which reaches from node to node. Containers outside of services may join it.
final class SwarmNetworks {
    private static final Logger LOG = LoggerFactory.getLogger(SwarmNetworks.class);
    /// Tasks that end hold their network for a moment.
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final SwarmEngine engine;
    private final ReentrantLock lock = new ReentrantLock();

    SwarmNetworks(SwarmEngine engine) {
        this.engine = engine;
    }

    /// Never that of another scheduler: an app that moves has both for a while.
    static String name(AppId app) {
        return "hokku-swarm-" + app;
    }

    /// Makes the network unless it is there.
    ///
    /// @return its name
    String ensure(AppId id, AppName app) {
        String name = name(id);
        lock.lock();
        try {
            if (find(name).isEmpty()) {
                engine.client().createNetworkCmd().withName(name).withDriver("overlay").withAttachable(true).withCheckDuplicate(true)
                        .withLabels(Map.of(Engine.INSTANCE_LABEL, engine.instance(), Labels.ID, id.value(), Labels.APP, app.value())).exec();
            }
            return name;
        } catch (ConflictException made) {
            LOG.debug("Network {} came meanwhile", name, made);
            return name;
        } catch (DockerException failed) {
            throw SwarmEngine.translated("The network of " + app + " cannot be made", failed);
        } finally {
            lock.unlock();
        }
    }

    private boolean isOurs(Network network) {
        return network.getLabels() != null && engine.instance().equals(network.getLabels().get(Engine.INSTANCE_LABEL));
    }

    private Optional<Network> find(String name) {
        // The filter finds every name that contains it.
        return engine.client().listNetworksCmd().withNameFilter(name).exec().stream().filter(network -> network.getName().equals(name)).findFirst();
    }

    /// Brings a container of the manager's engine into the app's network, by names that hold there, unless it is in it.
    void connect(App app, String container, List<String> names) {
        String network = ensure(app.id(), app.name());
        lock.lock();
        try {
            if (!isConnected(network, container)) {
                engine.client().connectToNetworkCmd().withNetworkId(network).withContainerId(container)
                        .withContainerNetwork(new ContainerNetwork().withAliases(names)).exec();
            }
        } catch (NotFoundException elsewhere) {
            throw new UserError(UserError.FAILED, "App " + app.name() + " runs on a swarm whose manager is another engine than the server's own, where the service"
                    + " is. Only tasks of a swarm that the server's engine is part of reach it", elsewhere);
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
    void remove(AppId id) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!removed(name(id), System.nanoTime() > deadline)) {
            Thread.sleep(PAUSE);
        }
    }

    /// @param last whether no other attempt follows
    private boolean removed(String name, boolean last) {
        lock.lock();
        try {
            Optional<Network> network = find(name).filter(this::isOurs);
            if (network.isPresent()) {
                release(engine.client(), name);
                engine.client().removeNetworkCmd(network.get().getId()).exec();
            }
            return true;
        } catch (NotFoundException gone) {
            return true;
        } catch (DockerException used) {
            if (last) {
                throw SwarmEngine.translated("The network " + name + " cannot be removed", used);
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /// Only an inspection tells what is connected, and only of this engine. Tasks end by themselves.
    private static void release(DockerClient client, String network) {
        Map<String, Network.ContainerNetworkConfig> connected = client.inspectNetworkCmd().withNetworkId(network).exec().getContainers();
        if (connected == null) {
            return;
        }
        for (String container : connected.keySet()) {
            if (!container.startsWith("lb-")) {
                disconnect(client, network, container);
            }
        }
    }

    private static void disconnect(DockerClient client, String network, String container) {
        try {
            boolean task = client.inspectContainerCmd(container).exec().getConfig().getLabels().containsKey("com.docker.swarm.task.id");
            if (!task) {
                client.disconnectFromNetworkCmd().withNetworkId(network).withContainerId(container).withForce(true).exec();
            }
        } catch (NotFoundException gone) {
            LOG.debug("Container {} is gone", container, gone);
        }
    }
}
