package hokku.core.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.Attachment;
import hokku.api.Engine;
import hokku.api.EngineAddress;
import hokku.api.Env;
import hokku.api.UserError;
import hokku.testkit.FreePort;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What can be wrong between the server and an engine over TLS, and what is said of it.
@Timeout(60)
class EngineOverTlsTroubleIT {
    private static final String INSTANCE = "test-" + UUID.randomUUID();
    private static final String LOOPBACK = "IP:127.0.0.1";

    @TempDir
    private static Path folder;
    private static TestCertificates certificates;
    private static TestCertificates others;
    private static Path client;
    private static TlsRelay relay;

    @BeforeAll
    static void start() throws Exception {
        certificates = new TestCertificates(folder.resolve("ours"));
        others = new TestCertificates(folder.resolve("theirs"));
        client = certificates.client("client");
        relay = new TlsRelay(certificates.engine("engine", LOOPBACK));
    }

    @AfterAll
    static void stop() throws Exception {
        relay.close();
    }

    @Test
    void anEngineWhoseAuthorityIsAnotherIsNotBelieved() throws Exception {
        Path own = copy("believes-others");
        Files.copy(others.authority(), own.resolve("ca.pem"), StandardCopyOption.REPLACE_EXISTING);
        assertUnavailable(relay.address(own), "is not from an authority in " + own.resolve("ca.pem"));
    }

    @Test
    void anEngineWhoseCertificateIsForAnotherNameIsNotBelieved() throws Exception {
        try (TlsRelay other = new TlsRelay(certificates.engine("elsewhere", "DNS:engine.example.com,IP:10.0.0.5"))) {
            assertUnavailable(other.address(client), "Its certificate is not for 127.0.0.1");
        }
    }

    @Test
    void anEngineWhoseCertificateHasExpiredIsNotBelieved() throws Exception {
        try (TlsRelay old = new TlsRelay(certificates.issue("old-engine", "serverAuth", LOOPBACK, -1))) {
            assertUnavailable(old.address(client), "Its certificate has expired", "--tlscert");
        }
    }

    @Test
    void aCertificateOfAClientIsNoneOfAnEngine() throws Exception {
        try (TlsRelay wrong = new TlsRelay(certificates.issue("wrong-use", "clientAuth", LOOPBACK, 30))) {
            assertUnavailable(wrong.address(client), "TLS with it failed", "Look at its certificate");
        }
    }

    @Test
    void anEngineThatRefusesTheCertificateSaysSo() throws Exception {
        Path own = Files.createDirectories(folder.resolve("stranger"));
        Path stranger = others.client("stranger");
        Files.copy(stranger.resolve("cert.pem"), own.resolve("cert.pem"));
        Files.copy(stranger.resolve("key.pem"), own.resolve("key.pem"));
        Files.copy(certificates.authority(), own.resolve("ca.pem"));
        assertUnavailable(relay.address(own), "It refuses the certificate in " + own.resolve("cert.pem"), "--tlscacert");
    }

    @Test
    void anExpiredCertificateIsNotEvenShown() throws Exception {
        Path old = certificates.issue("old-client", "clientAuth", "DNS:old", -1);
        assertUnavailable(relay.address(old), "The certificate in " + old.resolve("cert.pem") + " has expired on 20");
    }

    @Test
    void everyFileThatIsMissingOrUnfitIsNamed() throws Exception {
        for (String file : List.of("ca.pem", "cert.pem", "key.pem")) {
            Path own = copy("without-" + file);
            Files.delete(own.resolve(file));
            assertUnavailable(relay.address(own), own.resolve(file) + " is missing");
            Files.writeString(own.resolve(file), "nothing of use");
            assertUnavailable(relay.address(own), own.resolve(file) + " holds no ");
            Files.writeString(own.resolve(file), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
                    + "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
            assertUnavailable(relay.address(own), own.resolve(file) + " holds a ");
        }
        Path own = copy("another-key");
        Files.copy(others.client("any").resolve("key.pem"), own.resolve("key.pem"), StandardCopyOption.REPLACE_EXISTING);
        assertUnavailable(relay.address(own), own.resolve("key.pem") + " is not the key of the certificate in " + own.resolve("cert.pem"));
    }

    @Test
    void anEngineThatSpeaksNoTlsIsToldFromOneThatIsAway() throws Exception {
        try (ServerSocket plain = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                while (!plain.isClosed()) {
                    try (Socket one = plain.accept()) {
                        one.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                        one.getInputStream().readAllBytes();
                    } catch (java.io.IOException ended) {
                        // By the client, or by the test.
                    }
                }
            });
            assertUnavailable(EngineAddress.of("tcp://127.0.0.1:" + plain.getLocalPort()).withCertificates(client), "It speaks no TLS");
        }
        EngineAddress nobody = EngineAddress.of("tcp://127.0.0.1:" + FreePort.find()).withCertificates(client);
        assertThatThrownBy(() -> ask(nobody)).isInstanceOfSatisfying(UserError.class, told -> assertThat(told.exitCode()).isEqualTo(69))
                .hasMessage("The Docker engine does not answer at " + nobody + ". Look whether an engine listens there, and whether a"
                        + " firewall is between");
    }

    @Test
    void certificatesThatWereReplacedAreUsedByTheNextCall() throws Exception {
        Path own = copy("replaced");
        try (DockerEngine engine = new DockerEngine(relay.address(own), INSTANCE)) {
            engine.client().pingCmd().exec();
            Files.copy(others.authority(), own.resolve("ca.pem"), StandardCopyOption.REPLACE_EXISTING);
            assertThatThrownBy(engine::client).hasMessageContaining("is not from an authority");
            Files.copy(certificates.authority(), own.resolve("ca.pem"), StandardCopyOption.REPLACE_EXISTING);
            Path next = certificates.client("next");
            Files.copy(next.resolve("cert.pem"), own.resolve("cert.pem"), StandardCopyOption.REPLACE_EXISTING);
            assertThatThrownBy(engine::client).hasMessageContaining("is not the key of the certificate");
            Files.copy(next.resolve("key.pem"), own.resolve("key.pem"), StandardCopyOption.REPLACE_EXISTING);
            assertThat(engine.client().versionCmd().exec().getVersion()).isNotEmpty();
        }
    }

    @Test
    void outputThatIsCutOnTheWayIsNoEnd() throws Exception {
        try (TlsRelay breaking = new TlsRelay(certificates.engine("breaking", LOOPBACK));
                DockerEngine engine = new DockerEngine(breaking.address(client), INSTANCE)) {
            String container = engine.client().createContainerCmd("busybox:latest").withCmd("sleep", "600")
                    .withLabels(Map.of(Engine.INSTANCE_LABEL, INSTANCE)).exec().getId();
            try {
                engine.client().startContainerCmd(container).exec();
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                CompletableFuture<Integer> code = new CompletableFuture<>();
                Thread.ofVirtual().start(() -> {
                    try {
                        code.complete(engine.exec(container, List.of("sh", "-c", "echo half; sleep 1; exit 0"), Env.EMPTY,
                                Attachment.of(InputStream.nullInputStream(), out, out, Optional.empty())));
                    } catch (InterruptedException | RuntimeException e) {
                        code.completeExceptionally(e);
                    }
                });
                await().until(() -> out.toString(StandardCharsets.UTF_8).equals("half\n"));
                breaking.cut();
                assertThatThrownBy(code::join).hasCauseInstanceOf(UserError.class).hasMessageContaining("does not answer at " + breaking.host());
            } finally {
                engine.client().removeContainerCmd(container).withForce(true).exec();
            }
        }
    }

    @Test
    void nothingStaysOpen() throws Exception {
        try (TlsRelay counting = new TlsRelay(certificates.engine("counting", LOOPBACK))) {
            try (DockerEngine engine = new DockerEngine(counting.address(client), INSTANCE)) {
                engine.client().listContainersCmd().exec();
            }
            await().until(() -> counting.open() == 0);
        }
    }

    private static Path copy(String name) throws Exception {
        Path own = Files.createDirectories(folder.resolve(name));
        for (String file : List.of("ca.pem", "cert.pem", "key.pem")) {
            Files.copy(client.resolve(file), own.resolve(file));
        }
        return own;
    }

    private static void ask(EngineAddress address) throws Exception {
        try (DockerEngine engine = new DockerEngine(address, INSTANCE)) {
            engine.client();
        }
    }

    private static void assertUnavailable(EngineAddress address, String... words) {
        assertThatThrownBy(() -> ask(address)).isInstanceOfSatisfying(UserError.class, told -> {
            assertThat(told.exitCode()).isEqualTo(UserError.UNAVAILABLE);
            assertThat(told.getMessage()).contains("The Docker engine at " + address).contains(words).doesNotContain("Exception", "null");
        });
    }
}
