package hokku.core.docker;

import hokku.api.EngineAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/// The engine of this machine behind TLS.
class DockerEngineOverTlsIT extends DockerEngineContract {
    @TempDir
    private static Path folder;

    private TlsRelay relay;
    private Path client;

    @Override
    EngineAddress address() throws Exception {
        if (relay == null) {
            TestCertificates certificates = new TestCertificates(folder);
            relay = new TlsRelay(certificates.engine("engine", "IP:127.0.0.1"));
            client = certificates.client("client");
        }
        return relay.address(client);
    }

    @AfterAll
    void stop() throws Exception {
        relay.close();
    }
}
