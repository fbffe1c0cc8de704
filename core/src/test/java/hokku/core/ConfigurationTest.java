package hokku.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.EngineAddress;
import hokku.api.UserError;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigurationTest {
    @Test
    void theEngineIsThatOfThisMachineUnlessAnotherIsNamed() {
        assertThat(engine(Map.of())).isEqualTo(EngineAddress.of("unix:///var/run/docker.sock"));
        assertThat(engine(Map.of("DOCKER_HOST", ""))).isEqualTo(EngineAddress.of("unix:///var/run/docker.sock"));
        assertThat(engine(Map.of("DOCKER_HOST", "tcp://10.0.0.5:2375"))).isEqualTo(EngineAddress.of("tcp://10.0.0.5:2375"));
        assertThatThrownBy(() -> engine(Map.of("DOCKER_HOST", "10.0.0.5"))).isInstanceOf(UserError.class).hasMessageContaining("tcp://host:port");
    }

    @Test
    void aFolderOfCertificatesIsForAnEngineThatIsReachedByTcp() {
        assertThat(engine(Map.of("DOCKER_HOST", "tcp://10.0.0.5:2376", "DOCKER_CERT_PATH", "/etc/hokku/engine")))
                .isEqualTo(EngineAddress.of("tcp://10.0.0.5:2376").withCertificates(Path.of("/etc/hokku/engine")));
        assertThat(engine(Map.of("DOCKER_CERT_PATH", "/etc/hokku/engine"))).isEqualTo(EngineAddress.of("unix:///var/run/docker.sock"));
        assertThatThrownBy(() -> engine(Map.of("DOCKER_HOST", "tcp://10.0.0.5:2376", "DOCKER_CERT_PATH", "engine")))
                .isInstanceOf(UserError.class).hasMessageContaining("absolute");
    }

    private static EngineAddress engine(Map<String, String> given) {
        Map<String, String> environment = new HashMap<>(given);
        environment.put("HOKKU_HOME", "/var/lib/hokku");
        environment.put("HOKKU_ADVERTISED_ADDRESS", "127.0.0.1");
        return Configuration.of(environment).engine();
    }
}
