package hokku.dockerlocal;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkPoolTest {
    private static final Subnet POOL = Subnet.of("10.213.0.0/16");

    @Test
    void theEnginesOwnNetworksAreNoClash() {
        List<Subnet> own = List.of(Subnet.of("10.213.0.0/26"), Subnet.of("172.17.0.0/16"));
        assertThat(NetworkPool.judge(POOL, own, own)).containsExactly(Finding.well("10.213.0.0/16 has room, and nothing else uses it"));
    }

    @Test
    void aRouteOfTheHostWithinThePoolIsNamed() {
        List<Finding> findings = NetworkPool.judge(POOL, List.of(), List.of(Subnet.of("10.213.128.0/24"), Subnet.of("192.168.1.0/24")));
        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.state()).isEqualTo(Finding.State.WARNING);
            assertThat(finding.text()).contains("10.213.128.0/24");
            assertThat(finding.remedy()).contains("network:set --global pool");
        });
    }

    @Test
    void aPoolWithoutRoomIsWrong() {
        assertThat(NetworkPool.judge(POOL, List.of(), List.of(Subnet.of("10.0.0.0/8")))).first()
                .extracting(Finding::state).isEqualTo(Finding.State.WRONG);
        assertThat(NetworkPool.judge(Subnet.of("10.213.0.0/24"), List.of(Subnet.of("10.213.0.0/25")), List.of())).singleElement()
                .satisfies(finding -> assertThat(finding.text()).startsWith("only 2 networks"));
    }
}
