package hokku.core.datastore;

import hokku.api.Attachment;
import hokku.api.Output;
import hokku.api.Service;
import hokku.api.ServiceId;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import java.io.Closeable;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The containers of services, one for each, and the volumes with their data. Containers are named by their id.
///
/// A container can be made anew at any time from what is written of its service; a volume is never removed but by a word of the user's.
public interface ServiceContainers {
    /// The key of the setting that names the network which its container is made in, instead of the engine's own one.
    String INITIAL_NETWORK = "initial-network";

    /// Sees to an image: what the engine has, else what a registry has.
    ///
    /// @throws UserError when it is in neither
    void demandImage(String image, Output out) throws InterruptedException;

    /// Makes a volume for data.
    String createVolume(Service service, String name);

    default String newVolumeName(Service service, String mark) {
        return "hokku-" + service.datastore() + "-" + service.id() + mark;
    }

    /// Removes a volume with its data. Nothing happens where it is gone.
    void removeVolume(String name);

    /// The volumes of services whose name ends so.
    List<String> volumes(String mark);

    /// Removes a volume, and what still runs with it.
    void removeVolumeAndUsers(String name);

    /// The container of a service, running or not.
    default Optional<String> find(Service service) {
        return find(service, "");
    }

    /// One that stands beside it for a while.
    ///
    /// @param role what that is for; empty for the service's own
    Optional<String> find(Service service, String role);

    /// @throws UserError when it has none
    default String demand(Service service) {
        return find(service).orElseThrow(() -> new UserError("The container of " + service.name()
                + " is not there. Make it anew: " + service.datastore() + ":start " + service.name()));
    }

    /// Whether its container, if there is one, is made of the volume that the service has: a crash may have come between the two.
    boolean fits(Service service);

    /// What the engine says of it: `running`, `exited`, `paused`; `missing` where there is none.
    String state(Service service);

    /// Makes a container of a service and starts it.
    ///
    /// @param role empty for the service's own, else what a further one is for
    /// @throws UserError when it cannot be started; there is none then
    String start(Datastore datastore, Service service, String role) throws InterruptedException;

    /// Waits until a service accepts connections.
    ///
    /// @throws UserError when its container ends, or it takes too long, with the last lines that it wrote
    void awaitReady(Datastore datastore, Service service, String container) throws InterruptedException;

    /// What runs commands in a container.
    Datastore.Inside inside(String container);

    /// Runs something in a container with the streams of a session.
    ///
    /// @return its exit code
    int attach(String container, Datastore.Call call, Attachment attachment) throws InterruptedException;

    /// Passes on what a container has written, and with `follow` what it writes from now on, until it ends.
    ///
    /// @param lines how many of the last ones; -1 for all
    void output(String container, int lines, boolean follow, Written to) throws InterruptedException;

    /// Takes what a container writes, in pieces that need not be lines. Calls do not overlap.
    interface Written {
        void piece(boolean error, byte[] bytes);
    }

    /// Starts a container that is there. Nothing happens where it runs.
    void startExisting(String container);

    /// Nothing happens where it has ended.
    void stop(String container);

    /// Halts a container, or lets it go on. Nothing happens where that is so already.
    void pause(String container, boolean paused);

    /// Removes a container at once; its volume stays. Nothing happens where it is gone.
    void remove(String container);

    /// Tells from now on, until it is closed, of the services whose container ended or went, whoever ended it. What it calls must not wait.
    ///
    /// @param opened called at first, and whenever something may have happened that nobody was told of
    Closeable listen(Runnable opened, Consumer<ServiceId> ended);

    /// The address of its container on the network that it was made in; empty while it does not run.
    String address(Service service);

    /// What a swarm calls the machine that all of this is on; empty where the engine is part of none.
    Optional<String> node();
}
