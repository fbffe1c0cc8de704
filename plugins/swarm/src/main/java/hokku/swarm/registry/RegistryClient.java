package hokku.swarm.registry;

import hokku.api.UserError;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Asks Hokku's own registry.
final class RegistryClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String MANIFESTS = "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json,"
            + " application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.index.v1+json";
    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final int NOT_FOUND = 404;

    private final Login login;
    private final HttpClient http;

    /// @param authority the certificate of who signed the registry's, in PEM
    RegistryClient(Login login, String authority) {
        this.login = login;
        this.http = HttpClient.newBuilder().sslContext(trusting(authority)).connectTimeout(PATIENCE).build();
    }

    /// Whether it answers, to this login.
    ///
    /// @throws UserError when it does not; the message says why
    void demandAnswer() throws InterruptedException {
        HttpResponse<Void> answer = ask("GET", "/v2/");
        if (answer.statusCode() != OK) {
            throw refused("its version", answer);
        }
    }

    /// What a tag stands for.
    Optional<String> digest(String repository, String tag) throws InterruptedException {
        HttpResponse<Void> answer = ask("HEAD", "/v2/" + repository + "/manifests/" + tag);
        return switch (answer.statusCode()) {
            case OK -> answer.headers().firstValue("Docker-Content-Digest");
            case NOT_FOUND -> Optional.empty();
            default -> throw refused(repository + ":" + tag, answer);
        };
    }

    /// Removes an image, under all its tags. What it was made of is freed by a later collection.
    void delete(String repository, String digest) throws InterruptedException {
        HttpResponse<Void> answer = ask("DELETE", "/v2/" + repository + "/manifests/" + digest);
        if (answer.statusCode() != ACCEPTED && answer.statusCode() != NOT_FOUND) {
            throw refused(repository + "@" + digest, answer);
        }
    }

    private HttpResponse<Void> ask(String method, String path) throws InterruptedException {
        String basic = Base64.getEncoder().encodeToString((login.username() + ":" + login.password()).getBytes(StandardCharsets.UTF_8));
        try {
            return http.send(HttpRequest.newBuilder(URI.create("https://" + login.server() + path)).timeout(PATIENCE)
                    .header("Authorization", "Basic " + basic).header("Accept", MANIFESTS)
                    .method(method, HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.discarding());
        } catch (IOException failed) {
            throw new UserError(UserError.UNAVAILABLE, "Hokku's registry at " + login.server() + " does not answer: " + failed
                    + ". Look why: dokku registry:report --global, docker logs", failed);
        }
    }

    private UserError refused(String what, HttpResponse<Void> answer) {
        return new UserError("Hokku's registry at " + login.server() + " refuses " + what + ": status " + answer.statusCode());
    }

    private static SSLContext trusting(String authority) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("authority", Authority.certificate(authority));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException broken) {
            throw new IllegalStateException("the certificate of Hokku's registry is damaged", broken);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
