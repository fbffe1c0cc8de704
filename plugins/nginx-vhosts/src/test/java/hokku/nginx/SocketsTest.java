package hokku.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SocketsTest {
    private static final String TCP = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000    33        0 47020 1 0 100 0 0 10 0
               1: 0100D50A:A1B2 0300D50A:1388 01 00000000:00000000 00:00000000 00000000     0        0 47021 1 0 100 0 0 10 0
               2: 0100D50A:A1B3 0400D50A:1388 06 00000000:00000000 00:00000000 00000000     0        0 47022 1 0 100 0 0 10 0
            """;
    private static final String TCP6 = """
              sl  local_address                         remote_address                        st tx_queue rx_queue tr
               0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 0:0 00:0 0 1000
               1: B80D0120000000000000000001000000:A1B2 B80D0120000000000000000002000000:1388 02 0:0 00:0 0
            """;

    @TempDir
    private Path proc;

    @Test
    void openConnectionsAndListeningPortsAreFoundInTheTablesOfTheKernel() throws Exception {
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("net/tcp"), TCP);
        Files.writeString(proc.resolve("net/tcp6"), TCP6);
        Sockets sockets = new Sockets(proc);
        assertThat(sockets.listening()).containsExactlyInAnyOrder(80, 8080);
        assertThat(sockets.listeners(80)).containsExactly(33);
        assertThat(sockets.listeners(8080)).containsExactly(1000);
        assertThat(sockets.listeners(8081)).isEmpty();
        assertThat(sockets.connectedTo(List.of("10.213.0.3:5000"))).isTrue();
        assertThat(sockets.connectedTo(List.of("10.213.0.4:5000", "10.213.0.3:5001"))).as("over, or another port").isFalse();
        assertThat(sockets.connectedTo(List.of("[2001:db8::2]:5000"))).isTrue();
        assertThat(sockets.knowsIpv6()).isFalse();
    }

    @Test
    void aHostWithoutIpv6HasNoTableForIt() throws Exception {
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("net/tcp"), TCP);
        assertThat(new Sockets(proc).listening()).containsExactly(80);
    }
}
