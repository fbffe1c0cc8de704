package hokku.core.docker;

import hokku.api.EngineAddress;
import hokku.testkit.SwarmLab;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;

/// Another engine, on a host with processes and a network of its own, that takes only clients with a certificate.
class RemoteEngineIT extends DockerEngineContract {
    private SwarmLab lab;

    @Override
    EngineAddress address() throws IOException {
        if (lab == null) {
            lab = SwarmLab.start(SwarmLab.Options.nodes(1).tls(true).images("busybox:latest"));
        }
        return EngineAddress.of(lab.tlsHost().toString()).withCertificates(lab.clientCertificates());
    }

    @AfterAll
    void stop() throws IOException {
        lab.close();
    }
}
