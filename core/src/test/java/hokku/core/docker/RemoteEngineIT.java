package hokku.core.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.EngineAddress;
import hokku.api.UserError;
import hokku.testkit.SwarmLab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void itSaysThatItSpeaksTlsOnly() throws Exception {
        assertRefused(EngineAddress.of(lab.tlsHost().toString()), "It speaks TLS only");
    }

    @Test
    void itSaysThatItRefusesTheCertificateOfAStranger(@TempDir Path folder) throws Exception {
        Path stranger = new TestCertificates(folder).client("stranger");
        Files.copy(lab.clientCertificates().resolve("ca.pem"), stranger.resolve("ca.pem"), StandardCopyOption.REPLACE_EXISTING);
        assertRefused(EngineAddress.of(lab.tlsHost().toString()).withCertificates(stranger),
                "It refuses the certificate in " + stranger.resolve("cert.pem"));
    }

    private static void assertRefused(EngineAddress address, String words) throws IOException {
        try (DockerEngine engine = new DockerEngine(address, "test-refused")) {
            assertThatThrownBy(engine::client).isInstanceOfSatisfying(UserError.class, told -> assertThat(told.exitCode()).isEqualTo(UserError.UNAVAILABLE))
                    .hasMessageContaining("The Docker engine at " + address + " cannot be used. " + words);
        }
    }

    @AfterAll
    void stop() throws IOException {
        lab.close();
    }
}
