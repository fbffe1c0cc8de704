package hokku.swarm.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.App;
import hokku.api.UserError;
import hokku.testkit.FreePort;
import hokku.testkit.RecordingContributions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Pushes to a registry of somebody else's.
@Timeout(120)
class RegistryIT extends EngineFixture {
    private static final int SMALL = 1000;
    private static final int LARGE = 8_000_000;

    @Test
    void aReleaseIsPushedOnceAndNodesGetItByItsDigest() throws Exception {
        try (RealRegistry registry = RealRegistry.start(engine, false)) {
            App app = set(app("hello"), RegistrySettings.SERVER, registry.server().host());
            String image = image(app.name(), 3, SMALL);
            Publisher publisher = publisher();
            Published first = publisher.publish(app, 3, image, out);
            assertThat(first.reference()).matches(registry.server() + "/hokku/hello@sha256:[0-9a-f]{64}");
            assertThat(first.auth()).isEmpty();
            assertThat(registry.hasManifest("hokku/hello", "3")).isTrue();
            assertThat(registry.hasManifest("hokku/hello", first.reference().replaceFirst(".*@", ""))).isTrue();
            assertThat(out.lines()).containsExactly("-----> Pushing release 3 of hello to " + registry.server() + "/hokku/hello",
                    "       2 layers pushed, 0 there already");

            long begin = System.nanoTime();
            assertThat(publisher.publish(app, 3, image, out).reference()).isEqualTo(first.reference());
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(200));
            assertThat(publisher().publish(app, 3, image, out).reference()).isEqualTo(first.reference());
            assertThat(out.lines()).hasSize(2);
        }
    }

    @Test
    void aRegistryThatDemandsALoginGetsItAndSoDoNodes() throws Exception {
        try (RealRegistry registry = RealRegistry.start(engine, true)) {
            App app = set(set(app("hello"), RegistrySettings.SERVER, registry.server().host()), RegistrySettings.IMAGE_REPO, "team/greeting");
            String image = image(app.name(), 1, SMALL);
            Publisher publisher = publisher();
            assertThatThrownBy(() -> publisher.publish(app, 1, image, out)).isInstanceOf(UserError.class)
                    .hasMessageContaining("refuses the login").hasMessageContaining("registry:login");
            new Logins(context).put(Optional.empty(), new Login(registry.server(), RealRegistry.USER, "wrong"));
            assertThatThrownBy(() -> publisher.publish(app, 1, image, out)).hasMessageContaining("refuses the login");
            new Logins(context).put(Optional.of(app.name()), registry.login());
            Published published = publisher.publish(app, 1, image, out);
            assertThat(published.reference()).startsWith(registry.server() + "/team/greeting@sha256:");
            assertThat(published.auth().orElseThrow().getPassword()).isEqualTo(RealRegistry.PASSWORD);
            assertThat(published.toString()).doesNotContain(RealRegistry.PASSWORD);
            assertThat(registry.hasManifest("team/greeting", "1")).isTrue();
        }
    }

    @Test
    void aRegistryThatIsNotThereIsNamed() throws Exception {
        App app = set(app("hello"), RegistrySettings.SERVER, "127.0.0.1:" + FreePort.find());
        String image = image(app.name(), 1, SMALL);
        assertThatThrownBy(() -> publisher().publish(app, 1, image, out)).isInstanceOfSatisfying(UserError.class,
                error -> assertThat(error.exitCode()).isEqualTo(UserError.UNAVAILABLE)).hasMessageContaining("does not answer");
    }

    @Test
    void anImageThatIsGoneIsNamed() throws Exception {
        App app = set(app("hello"), RegistrySettings.SERVER, "127.0.0.1:5");
        assertThatThrownBy(() -> publisher().publish(app, 4, "sha256:" + "0".repeat(64), out)).isInstanceOf(UserError.class)
                .hasMessageContaining("release 4 of hello").hasMessageContaining("ps:rebuild hello");
    }

    @Test
    void aRegistryThatSpeaksHttpSaysWhatToDo() throws Exception {
        try (RealRegistry registry = RealRegistry.strict(engine, Optional.empty())) {
            App app = set(app("hello"), RegistrySettings.SERVER, registry.server().host());
            String image = image(app.name(), 1, SMALL);
            assertThatThrownBy(() -> publisher().publish(app, 1, image, out)).isInstanceOf(UserError.class).hasMessageContaining("speaks http")
                    .hasMessageContaining("\"insecure-registries\": [\"" + registry.server() + "\"]");
        }
    }

    @Test
    void aCertificateThatNobodyKnowsSaysWhatToDo() throws Exception {
        Authority authority = Authority.create("test", Instant.now());
        String address = "192.0.2.1";
        try (RealRegistry registry = RealRegistry.strict(engine, Optional.of(authority.sign(List.of(address), Instant.now(), Duration.ofDays(1))))) {
            App app = set(app("hello"), RegistrySettings.SERVER, registry.server().host());
            String image = image(app.name(), 1, SMALL);
            assertThatThrownBy(() -> publisher().publish(app, 1, image, out)).isInstanceOf(UserError.class)
                    .hasMessageContaining("certificate").hasMessageContaining(registry.server().host());
        }
        try (RealRegistry registry = RealRegistry.strict(engine, Optional.of(authority.sign(List.of(RealRegistry.address()), Instant.now(), Duration.ofDays(1))))) {
            App app = set(app("hello"), RegistrySettings.SERVER, registry.server().host());
            assertThatThrownBy(() -> publisher().publish(app, 1, engine.imageName(app.name(), 1), out)).isInstanceOf(UserError.class)
                    .hasMessageContaining("signed by nobody that the engine knows")
                    .hasMessageContaining("/etc/docker/certs.d/" + registry.server() + "/ca.crt");
        }
    }

    @Test
    void aRegistryThatGoesAwayInTheMiddleAndComesBackGetsTheImage() throws Exception {
        try (RealRegistry registry = RealRegistry.start(engine, false); WeakRelay relay = new WeakRelay(registry.port())) {
            App app = set(app("hello"), RegistrySettings.SERVER, "127.0.0.1:" + relay.port());
            String image = image(app.name(), 1, LARGE);
            relay.breakAfter(LARGE / 2);
            try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Published> pushing = pool.submit(() -> publisher().publish(app, 1, image, out));
                await().atMost(Duration.ofSeconds(30)).until(() -> out.text().contains("the engine tries again"));
                relay.mend();
                assertThat(pushing.get(60, TimeUnit.SECONDS).reference()).startsWith("127.0.0.1:" + relay.port() + "/hokku/hello@sha256:");
            }
            assertThat(registry.hasManifest("hokku/hello", "1")).isTrue();
        }
    }

    @Test
    void aRegistryThatGoesAwayInTheMiddleForGoodIsTold() throws Exception {
        try (RealRegistry registry = RealRegistry.start(engine, false); WeakRelay relay = new WeakRelay(registry.port())) {
            App app = set(app("hello"), RegistrySettings.SERVER, "127.0.0.1:" + relay.port());
            String image = image(app.name(), 1, LARGE);
            relay.breakAfter(LARGE / 2);
            assertThatThrownBy(() -> publisher().publish(app, 1, image, out)).hasMessageContaining("does not answer").isInstanceOfSatisfying(UserError.class,
                    error -> assertThat(error.exitCode()).isEqualTo(UserError.UNAVAILABLE));
            assertThat(names(image)).hasSize(2);
            relay.mend();
            publisher().publish(app, 1, image, out);
            assertThat(registry.hasManifest("hokku/hello", "1")).isTrue();
        }
    }

    @Test
    void aPushThatIsCancelledEnds() throws Exception {
        try (RealRegistry registry = RealRegistry.start(engine, false); WeakRelay relay = new WeakRelay(registry.port())) {
            App app = set(app("hello"), RegistrySettings.SERVER, "127.0.0.1:" + relay.port());
            String image = image(app.name(), 1, 4 * LARGE);
            relay.slowAfter(LARGE / 2);
            CompletableFuture<Object> result = new CompletableFuture<>();
            Publisher publisher = publisher();
            Thread pushing = Thread.ofVirtual().start(() -> {
                try {
                    result.complete(publisher.publish(app, 1, image, out));
                } catch (InterruptedException | RuntimeException thrown) {
                    result.complete(thrown);
                }
            });
            await().atMost(Duration.ofSeconds(30)).until(relay::isSlow);
            pushing.interrupt();
            assertThat(result.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
            await().atMost(Duration.ofSeconds(30)).until(() -> relay.open() == 0);
            assertThat(registry.hasManifest("hokku/hello", "1")).isFalse();
            relay.mend();
            publisher.publish(app, 1, image, out);
        }
    }

    @Test
    void furtherTagsArePushedAndHoldNothingOnTheEngine() throws Exception {
        try (RealRegistry registry = RealRegistry.start(engine, false)) {
            App app = set(set(app("hello"), RegistrySettings.SERVER, registry.server().host()), RegistrySettings.PUSH_EXTRA_TAGS, "latest,stable");
            String image = image(app.name(), 7, SMALL);
            publisher().publish(app, 7, image, out);
            for (String tag : List.of("7", "latest", "stable")) {
                assertThat(registry.hasManifest("hokku/hello", tag)).isTrue();
            }
            assertThat(names(image)).containsExactlyInAnyOrder(engine.imageName(app.name(), 7), registry.server() + "/hokku/hello:7");
        }
    }

    @Test
    void anAppDoesNotPushIntoTheRepositoryOfAnother() throws Exception {
        try (RealRegistry registry = RealRegistry.start(engine, false)) {
            App app = set(set(app("hello"), RegistrySettings.SERVER, registry.server().host()), RegistrySettings.IMAGE_REPO, "team/hello");
            String image = image(app.name(), 1, SMALL);
            publisher().publish(app, 1, image, out);
            App clone = set(set(app("copy"), RegistrySettings.SERVER, registry.server().host()), RegistrySettings.IMAGE_REPO, "team/hello");
            assertThatThrownBy(() -> publisher().publish(clone, 1, image, out)).isInstanceOf(UserError.class)
                    .hasMessageContaining("holds the images of hello already").hasMessageContaining("registry:set copy image-repo");

            // A renamed app takes its images along to its new repository, and the old one is free for another app.
            App renamed = set(apps.get("hello"), RegistrySettings.IMAGE_REPO, "team/renamed");
            assertThat(publisher().publish(renamed, 1, image, out).reference()).startsWith(registry.server() + "/team/renamed@");
            assertThat(publisher().publish(clone, 1, image, out).reference()).startsWith(registry.server() + "/team/hello@");
        }
    }

    private Publisher publisher() throws IOException {
        return RegistryParts.contribute(context, new RecordingContributions());
    }
}
