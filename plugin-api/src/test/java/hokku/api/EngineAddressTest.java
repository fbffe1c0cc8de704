package hokku.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineAddressTest {
    @Test
    void socketsAndHostsWithAPortAreAddresses() {
        for (String host : List.of("unix:///var/run/docker.sock", "tcp://10.0.0.5:2376", "tcp://manager.example.com:2376", "tcp://[::1]:2375")) {
            assertThat(EngineAddress.of(host)).hasToString(host);
            assertThat(EngineAddress.of(host).certificates()).isEmpty();
        }
        EngineAddress secured = EngineAddress.of("tcp://10.0.0.5:2376").withCertificates(Path.of("/etc/hokku/engine"));
        assertThat(secured.certificates()).contains(Path.of("/etc/hokku/engine"));
        assertThat(secured).isEqualTo(EngineAddress.of("tcp://10.0.0.5:2376").withCertificates(Path.of("/etc/hokku/engine")))
                .isNotEqualTo(EngineAddress.of("tcp://10.0.0.5:2376"));
    }

    @Test
    void everythingElseIsRefusedWithWhatToUse() {
        for (String host : List.of("", "docker", "unix:docker.sock", "unix://docker.sock", "unix:///", "tcp://host", "tcp://host:0", "tcp://host:70000",
                "tcp://:2376", "tcp://me@host:2376", "tcp://host:2376/path", "tcp://host:2376?x", "https://host:2376", "ssh://host", "tcp:// host:1")) {
            assertThatThrownBy(() -> EngineAddress.of(host)).as(host).isInstanceOf(UserError.class).hasMessageContaining("is not understood")
                    .hasMessageContaining("tcp://host:port");
        }
    }

    @Test
    void certificatesAreForHostsAndInAFolderThatIsClear() {
        assertThatThrownBy(() -> EngineAddress.of("unix:///var/run/docker.sock").withCertificates(Path.of("/etc/x")))
                .isInstanceOf(UserError.class).hasMessageContaining("no TLS is spoken");
        assertThatThrownBy(() -> EngineAddress.of("tcp://host:2376").withCertificates(Path.of("certificates")))
                .isInstanceOf(UserError.class).hasMessageContaining("is not an absolute path");
    }
}
