package hokku.dockerlocal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ListeningPortsTest {
    private static final String HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private static final String NAME_SERVER = "   0: 0B00007F:A1B3 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1\n";

    @Test
    void anotherPortIsNamed() {
        String table = HEAD + NAME_SERVER + "   1: 00000000:0BB8 00000000:0000 0A 00000000:00000000\n" + HEAD
                + "   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000\n";
        assertThat(ListeningPorts.hint(table, 5000)).isEqualTo(" It listens on 3000, 8080 instead.");
    }

    @Test
    void theLoopbackIsExplained() {
        assertThat(ListeningPorts.hint(HEAD + "   1: 0100007F:1388 00000000:0000 0A 00000000:00000000\n", 5000))
                .contains("127.0.0.1 only");
    }

    @Test
    void connectionsAndTheNameServerAreNoAnswer() {
        assertThat(ListeningPorts.hint(HEAD + NAME_SERVER + "   1: 0100007F:0BB8 0100007F:1234 01 00000000:00000000\n", 5000))
                .isEmpty();
        assertThat(ListeningPorts.hint("cat: can't open", 5000)).isEmpty();
    }
}
