package hokku.dockerlocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.UserError;
import org.junit.jupiter.api.Test;

class DockerLocalPluginTest {
    @Test
    void aPoolThatNoNetworkFitsInIsRefused() {
        assertThat(DockerLocalPlugin.NETWORK_POOL.parse("172.28.0.0/14")).hasToString("172.28.0.0/14");
        assertThatThrownBy(() -> DockerLocalPlugin.NETWORK_POOL.parse("10.0.0.0/27")).isInstanceOf(UserError.class)
                .hasMessageContaining("/8 to /26");
        assertThatThrownBy(() -> DockerLocalPlugin.NETWORK_POOL.parse("0.0.0.0/0")).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> DockerLocalPlugin.NETWORK_POOL.parse("everything")).isInstanceOf(UserError.class);
    }

    @Test
    void aSettingIsReadBackAsItIsPrinted() {
        assertThat(DockerLocalPlugin.NETWORK_POOL.print(DockerLocalPlugin.NETWORK_POOL.parse("10.213.0.0/16")))
                .isEqualTo("10.213.0.0/16");
        assertThat(DockerLocalPlugin.PARALLEL.initial()).contains(4);
        assertThat(DockerLocalPlugin.INIT_PROCESS.initial()).contains(true);
    }
}
