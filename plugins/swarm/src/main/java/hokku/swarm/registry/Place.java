package hokku.swarm.registry;

import java.util.Optional;

/// Where images of an app go, and with which login.
///
/// @param own whether the registry is the one that Hokku runs
record Place(Repository repository, Optional<Login> login, boolean own) {
    RegistryServer server() {
        return repository.server();
    }
}
