package hokku.core.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Engine;
import hokku.api.EngineAddress;
import hokku.api.UserError;
import hokku.testkit.EngineRelay;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The engine of this machine, at its socket.
class DockerEngineIT extends DockerEngineContract {
    private static final String INSTANCE = "test-" + UUID.randomUUID();

    @Override
    EngineAddress address() {
        return EngineAddress.of("unix:///var/run/docker.sock");
    }

    @Test
    void anEngineThatIsAwaySaysSoAndIsUsedAgainWhenItIsBack(@TempDir Path folder) throws Exception {
        try (EngineRelay relay = new EngineRelay(folder.resolve("docker.sock")); DockerEngine away = new DockerEngine(relay.host(), INSTANCE)) {
            relay.stop();
            assertThatThrownBy(away::client).isInstanceOfSatisfying(UserError.class, e -> {
                assertThat(e.exitCode()).isEqualTo(UserError.UNAVAILABLE);
                assertThat(e).hasMessageContaining("does not answer at " + relay.host()).hasMessageContaining("systemctl start docker");
            });
            relay.start();
            assertThat(away.client().listContainersCmd().exec()).isNotNull();
            relay.stop();
            assertThatThrownBy(away::client).isInstanceOf(UserError.class);
            relay.start();
            // The first call after a restart is one that no client library would try again.
            String id = away.client().createContainerCmd("busybox:latest").withLabels(Map.of(Engine.INSTANCE_LABEL, INSTANCE))
                    .exec().getId();
            away.client().removeContainerCmd(id).exec();
        }
    }
}
