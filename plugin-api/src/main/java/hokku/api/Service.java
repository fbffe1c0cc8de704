package hokku.api;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/// A service of a datastore, such as one database server with its data: immutable, as of one moment. Its container can be replaced
/// at any time; what lasts is this and the volume.
///
/// @param datastore the name of the datastore: `postgres`
/// @param id what it is under the hood: it never changes and survives a rename
/// @param image the image with its version, `postgres:17`
/// @param volume the engine's name of the volume with its data
/// @param password what apps log in with
/// @param rootPassword of the administrator, where the datastore has one of its own
/// @param options further words for its command line, as a user gave them
/// @param env further variables of its container
/// @param memory the limit in bytes, absent for none
/// @param shmSize of its shared memory in bytes, absent for the engine's own
/// @param networks further networks of the engine that it joins
/// @param exposed ports of the host on which it is reached, `[address:]port`, in the order of the datastore's ports; empty for none
/// @param stopped true after `<datastore>:stop`
/// @param settings what else is kept of it, by key; values may be secret
public record Service(String datastore, ServiceName name, ServiceId id, String image, String volume, String password, String rootPassword,
        List<String> options, Env env, OptionalLong memory, OptionalLong shmSize, List<String> networks, List<String> exposed,
        boolean stopped, Instant created, SortedMap<String, String> settings) {

    /// The key of the setting that keeps [#host] where it does not follow from the name.
    public static final String HOST = "host";
    /// The key of the setting that keeps [#database] where it does not follow from the name.
    public static final String DATABASE = "database";

    public Service {
        options = List.copyOf(options);
        networks = List.copyOf(networks);
        exposed = List.copyOf(exposed);
        settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    }

    /// A service with the defaults of everything else.
    public static Service create(String datastore, ServiceName name, ServiceId id, String image, String volume, String password, Instant created) {
        return new Service(datastore, name, id, image, volume, password, password, List.of(), Env.EMPTY, OptionalLong.empty(),
                OptionalLong.empty(), List.of(), List.of(), false, created, new TreeMap<>());
    }

    public Service withName(ServiceName changed) {
        return new Service(datastore, changed, id, image, volume, password, rootPassword, options, env, memory, shmSize, networks,
                exposed, stopped, created, settings);
    }

    /// @param data the volume that holds the data in the form of that image
    public Service withImage(String changed, String data) {
        return new Service(datastore, name, id, changed, data, password, rootPassword, options, env, memory, shmSize, networks,
                exposed, stopped, created, settings);
    }

    public Service withPasswords(String changed, String root) {
        return new Service(datastore, name, id, image, volume, changed, root, options, env, memory, shmSize, networks, exposed, stopped,
                created, settings);
    }

    public Service withOptions(List<String> changed, Env variables) {
        return new Service(datastore, name, id, image, volume, password, rootPassword, changed, variables, memory, shmSize, networks,
                exposed, stopped, created, settings);
    }

    public Service withLimits(OptionalLong bytes, OptionalLong shared) {
        return new Service(datastore, name, id, image, volume, password, rootPassword, options, env, bytes, shared, networks, exposed,
                stopped, created, settings);
    }

    public Service withNetworks(List<String> changed) {
        return new Service(datastore, name, id, image, volume, password, rootPassword, options, env, memory, shmSize, changed, exposed,
                stopped, created, settings);
    }

    public Service withExposed(List<String> changed) {
        return new Service(datastore, name, id, image, volume, password, rootPassword, options, env, memory, shmSize, networks, changed,
                stopped, created, settings);
    }

    public Service withStopped(boolean changed) {
        return new Service(datastore, name, id, image, volume, password, rootPassword, options, env, memory, shmSize, networks, exposed,
                changed, created, settings);
    }

    /// @param value empty to remove it
    public Service withSetting(String key, String value) {
        TreeMap<String, String> changed = new TreeMap<>(settings);
        if (value.isEmpty()) {
            changed.remove(key);
        } else {
            changed.put(key, value);
        }
        return new Service(datastore, name, id, image, volume, password, rootPassword, options, env, memory, shmSize, networks, exposed,
                stopped, created, changed);
    }

    public Optional<String> setting(String key) {
        return Optional.ofNullable(settings.get(key));
    }

    /// The version in the image's name: `17` of `postgres:17`.
    public String version() {
        int colon = image.lastIndexOf(':');
        return colon > image.lastIndexOf('/') ? image.substring(colon + 1) : "latest";
    }

    /// Under which name apps that are linked to it reach it: a rename does not change it.
    public String host() {
        return setting(HOST).orElse("dokku-" + datastore + "-" + name.value().replace('_', '-'));
    }

    /// What an address names within it, such as a database: a rename does not change it.
    public String database() {
        return setting(DATABASE).orElse(name.value().replace('-', '_'));
    }

    @Override
    public String toString() {
        return "Service[" + datastore + " " + name + "]";
    }
}
