package hokku.swarm.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.UserError;
import hokku.testkit.FreePort;
import hokku.testkit.RecordingContributions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Pushes to a registry of somebody else's.
@Timeout(120)
class RegistryIT extends EngineFixture {
    private static final int SMALL = 1000;

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
    void anImageThatIsGoneIsNamed() {
        App app = set(app("hello"), RegistrySettings.SERVER, "127.0.0.1:5");
        assertThatThrownBy(() -> publisher().publish(app, 4, "sha256:" + "0".repeat(64), out)).isInstanceOf(UserError.class)
                .hasMessageContaining("release 4 of hello").hasMessageContaining("ps:rebuild hello");
    }

    private Publisher publisher() {
        return RegistryParts.contribute(context, new RecordingContributions());
    }
}
