package hokku.swarm.registry;

import com.github.dockerjava.api.model.AuthConfig;

/// What one logs in to a registry with.
record Login(RegistryServer server, String username, String password) {
    AuthConfig auth() {
        return new AuthConfig().withRegistryAddress(server.loginAddress()).withUsername(username).withPassword(password);
    }

    @Override
    public String toString() {
        return username + " at " + server;
    }
}
