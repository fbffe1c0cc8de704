package hokku.swarm.registry;

import com.github.dockerjava.api.model.AuthConfig;
import java.util.Optional;

/// An image where every node can get it.
///
/// @param reference its name there with its digest, `10.0.0.5:5000/hokku/hello@sha256:…`
/// @param auth what the nodes log in with
public record Published(String reference, Optional<AuthConfig> auth) {
    @Override
    public String toString() {
        return reference;
    }
}
