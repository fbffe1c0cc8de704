package hokku.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.UserError;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that are fetched by https, from a real server.
class DownloadIT {
    private static final byte[] JAR = "a jar".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private static Path folder;
    private static HttpsPlace place;
    private static Download download;

    @BeforeAll
    static void open() throws Exception {
        place = HttpsPlace.open(folder);
        download = place.download();
    }

    @AfterAll
    static void close() {
        place.close();
    }

    private byte[] fetch(String path) throws Exception {
        return fetch(path, Optional.empty());
    }

    private byte[] fetch(String path, Optional<String> sha256) throws Exception {
        try (InputStream in = new CheckedJar(download.open(place.address(path)), sha256, 1 << 20)) {
            return in.readAllBytes();
        }
    }

    @Test
    void aFileIsFetchedWithTheAuthoritiesOfTheMachine() throws Exception {
        place.serve("/plugin.jar", JAR);
        assertThat(fetch("/plugin.jar")).isEqualTo(JAR);
        assertThatThrownBy(() -> new Download(folder.resolve("none.crt"), Duration.ofSeconds(10), 100).open(place.address("/plugin.jar")))
                .isInstanceOf(UserError.class).hasMessageContaining("could not prove that it is localhost")
                .hasMessageContaining("update-ca-certificates");
    }

    @Test
    void aCertificateOfAnotherHostIsRefused() {
        place.serve("/plugin.jar", JAR);
        URI other = URI.create(place.address("/plugin.jar").toString().replace("localhost", "127.0.0.1"));
        assertThatThrownBy(() -> download.open(other)).hasMessageContaining("could not prove that it is 127.0.0.1");
    }

    @Test
    void redirectsAreFollowedAFewTimesAndByHttpsOnly() throws Exception {
        place.serve("/plugin.jar", JAR);
        place.redirect("/relative", "/plugin.jar");
        place.redirect("/absolute", place.address("/relative").toString());
        place.redirect("/loop", "/loop");
        place.redirect("/plain", "http://localhost/plugin.jar");
        place.redirect("/file", "file:///etc/passwd");
        place.redirect("/user", "https://name:secret@localhost/plugin.jar");
        place.redirect("/broken", "https://[");
        assertThat(fetch("/absolute")).isEqualTo(JAR);
        assertThatThrownBy(() -> fetch("/loop")).hasMessageContaining("more than 5 times");
        for (String refused : new String[] {"/plain", "/file", "/user", "/broken"}) {
            assertThatThrownBy(() -> fetch(refused)).as(refused).isInstanceOf(UserError.class)
                    .hasMessageContaining("leads to an address that is not fetched").hasMessageNotContaining("secret");
        }
    }

    @Test
    void whatIsNotThereAndWhatIsTooLargeIsRefused() throws Exception {
        place.serve("/large.jar", new byte[(1 << 20) + 1]);
        place.answer("/endless.jar", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(new byte[2 << 20]);
        });
        assertThatThrownBy(() -> fetch("/none.jar?token=secret")).isInstanceOf(UserError.class)
                .hasMessageContaining("/none.jar answers 404: there is nothing").hasMessageNotContaining("secret");
        assertThatThrownBy(() -> fetch("/large.jar")).hasMessageContaining("1 MiB are the most");
        assertThatThrownBy(() -> fetch("/endless.jar")).hasMessageContaining("larger than 1 MiB");
    }

    @Test
    void whatBreaksOffIsTold() {
        place.answer("/half.jar", exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write(JAR);
            exchange.getResponseBody().flush();
            throw new java.io.IOException("the server fails");
        });
        assertThatThrownBy(() -> fetch("/half.jar")).isInstanceOfSatisfying(UserError.class,
                broken -> assertThat(broken.exitCode()).isEqualTo(UserError.UNAVAILABLE)).hasMessageContaining("broke off");
    }

    @Test
    void aServerThatDoesNotAnswerIsNotWaitedForLong() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        place.answer("/silent.jar", exchange -> {
            try {
                end.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });
        Download hasty = new Download(place.certificate(), Duration.ofSeconds(1), 100);
        assertThatThrownBy(() -> hasty.open(place.address("/silent.jar"))).hasMessageContaining("did not answer within 1 s");
        end.countDown();
        int port;
        try (ServerSocket nobody = new ServerSocket(0)) {
            port = nobody.getLocalPort();
        }
        assertThatThrownBy(() -> download.open(URI.create("https://localhost:" + port + "/"))).hasMessageContaining("localhost is not reached");
        assertThatThrownBy(() -> download.open(URI.create("https://no.such.host.invalid/"))).hasMessageContaining("no host no.such.host.invalid");
    }

    @Test
    void aFileMustBeTheOneThatWasExpected() throws Exception {
        place.serve("/plugin.jar", JAR);
        String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(JAR));
        assertThat(fetch("/plugin.jar", Optional.of(digest.toUpperCase(java.util.Locale.ROOT)))).isEqualTo(JAR);
        assertThatThrownBy(() -> fetch("/plugin.jar", Optional.of("0".repeat(64)))).isInstanceOf(UserError.class)
                .hasMessageContaining("its SHA-256 digest is " + digest);
    }

    @Test
    void onlyHttpsAddressesAreTaken() {
        for (String wrong : new String[] {"http://localhost/x.jar", "ftp://localhost/x.jar", "file:///x.jar", "https:///x.jar",
                "https://name:secret@localhost/x.jar", "https://a b/"}) {
            assertThatThrownBy(() -> Download.address(wrong)).as(wrong).isInstanceOfSatisfying(UserError.class,
                    refused -> assertThat(refused.exitCode()).isEqualTo(UserError.USAGE)).hasMessageNotContaining("secret");
        }
    }
}
