package hokku.dockerlocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.Network;
import hokku.api.AppId;
import hokku.api.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Networks get addresses that nobody else uses.
@Timeout(120)
class AppNetworksIT extends SchedulerFixture {
    @Test
    void networksThatAreMadeAtTheSameTimeDoNotOverlap() {
        List<AppId> ids = IntStream.range(0, 4).mapToObj(any -> AppId.random()).toList();
        try {
            CompletableFuture.allOf(ids.stream().map(id -> CompletableFuture.runAsync(() -> {
                // Two servers at once: the engine decides then.
                AppNetworks own = new AppNetworks(real.engine(), () -> Subnet.of("10.214.0.0/16"));
                own.ensure(id, app.name());
                own.ensure(id, app.name());
            })).toArray(CompletableFuture[]::new)).join();
            List<String> subnets = ids.stream()
                    .map(id -> real.engine().client().inspectNetworkCmd().withNetworkId("hokku-" + id).exec())
                    .map(network -> network.getIpam().getConfig().getFirst().getSubnet()).toList();
            assertThat(subnets).hasSize(4).doesNotHaveDuplicates()
                    .allMatch(subnet -> subnet.startsWith("10.214.") && subnet.endsWith("/26"));
        } finally {
            ids.forEach(real.networks()::remove);
        }
    }

    @Test
    void addressesThatTheHostReachesOtherwiseAreLeftAlone(@TempDir Path folder) throws Exception {
        // 10.215.0.0/26 and 10.215.0.64/26, as the kernel writes them.
        Path routes = Files.writeString(folder.resolve("route"), """
                Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
                eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
                tun0\t0000D70A\t00000000\t0001\t0\t0\t0\t80FFFFFF\t0\t0\t0
                """);
        AppNetworks networks = new AppNetworks(real.engine(), () -> Subnet.of("10.215.0.0/24"), routes);
        networks.ensure(app.id(), app.name());
        Network network = real.engine().client().inspectNetworkCmd().withNetworkId("hokku-" + app.id()).exec();
        assertThat(network.getIpam().getConfig().getFirst().getSubnet()).isEqualTo("10.215.0.128/26");
        AppNetworks full = new AppNetworks(real.engine(), () -> Subnet.of("10.215.0.0/25"), routes);
        assertThatThrownBy(() -> full.ensure(AppId.random(), app.name())).isInstanceOf(UserError.class)
                .hasMessageContaining("network:set --global pool");
    }
}
