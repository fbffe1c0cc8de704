package hokku.swarm.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Release;
import hokku.api.UserError;
import hokku.api.hook.PostRelease;
import hokku.testkit.FreePort;
import hokku.testkit.RecordingContributions;
import hokku.testkit.RecordingSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The commands and the hook, against a real engine and a real registry.
@Timeout(120)
class RegistryCommandsIT extends EngineFixture {
    private static final AppName HELLO = AppName.of("hello");

    private final RecordingContributions contributions = new RecordingContributions();

    @BeforeEach
    void contribute() throws Exception {
        RegistryParts.contribute(context, contributions);
        apps.add("hello");
    }

    @Test
    void aLoginIsCheckedBeforeItIsKept() throws Exception {
        try (RealRegistry registry = RealRegistry.start(engine, true)) {
            String server = registry.server().host();
            assertThatThrownBy(() -> contributions.run(new RecordingSession(), "registry:login", "--global", server, RealRegistry.USER, "wrong-secret"))
                    .isInstanceOf(UserError.class).hasMessageContaining("refuses the login of somebody").hasMessageNotContaining("wrong-secret");
            assertThat(context.folder().resolve("registry-logins.json")).doesNotExist();

            RecordingSession session = new RecordingSession();
            contributions.run(session, "registry:login", "--global", server, RealRegistry.USER, RealRegistry.PASSWORD);
            assertThat(session.marked()).containsExactly("=====> Logged in to " + server + " as somebody");
            Path file = context.folder().resolve("registry-logins.json");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
            assertThat(new Logins(context).find(HELLO, registry.server())).contains(registry.login());

            contributions.run(new RecordingSession(), "registry:logout", "--global", "https://" + server);
            assertThat(file).doesNotExist();
            assertThatThrownBy(() -> contributions.run(new RecordingSession(), "registry:logout", "--global", server)).hasMessageContaining("There is no login at " + server);
        }
    }

    @Test
    void aPasswordFromTheInputAndALoginOfOneApp() throws Exception {
        try (RealRegistry registry = RealRegistry.start(engine, true)) {
            String server = registry.server().host();
            contributions.run(RecordingSession.withInput(RealRegistry.PASSWORD + "\n"), "registry:login", "--password-stdin", "hello", server, RealRegistry.USER);
            assertThat(new Logins(context).find(HELLO, registry.server())).contains(registry.login());
            assertThat(new Logins(context).find(AppName.of("other"), registry.server())).isEmpty();
            contributions.run(new RecordingSession(), "registry:logout", "hello", server);
            assertThat(new Logins(context).find(HELLO, registry.server())).isEmpty();
            contributions.run(RecordingSession.withInput(RealRegistry.PASSWORD), "registry:login", "hello", server, RealRegistry.USER, "-");
            assertThat(new Logins(context).find(HELLO, registry.server())).contains(registry.login());
        }
    }

    @Test
    void aRegistryThatIsNotThereKeepsNoLogin() throws Exception {
        String server = "127.0.0.1:" + FreePort.find();
        assertThatThrownBy(() -> contributions.run(new RecordingSession(), "registry:login", "--global", server, "u", "some-secret")).isInstanceOf(UserError.class)
                .hasMessageContaining("does not answer").hasMessageNotContaining("some-secret");
        assertThat(context.folder().resolve("registry-logins.json")).doesNotExist();
    }

    @Test
    void whatIsMissingIsNamedAndNoPasswordIsAudited() {
        assertThatThrownBy(() -> contributions.run(new RecordingSession(), "registry:login", "--global")).hasMessage("Missing server argument");
        assertThatThrownBy(() -> contributions.run(new RecordingSession(), "registry:login", "hello", "x.io")).hasMessage("Missing username argument");
        assertThatThrownBy(() -> contributions.run(new RecordingSession(), "registry:login", "hello", "x.io", "u")).hasMessageStartingWith("Missing password argument");
        assertThatThrownBy(() -> contributions.run(new RecordingSession(), "registry:login", "hello", "x.io", "u", "p", "q")).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> contributions.run(new RecordingSession(), "registry:logout", "hello")).hasMessage("Missing server argument");
        assertThat(contributions.parsed("registry:login", "hello", "x.io", "u", "secret").audited()).containsExactly("x.io", "u");
        assertThat(contributions.parsed("registry:login", "--global", "x.io", "u", "secret").audited()).containsExactly("x.io", "u");
        assertThat(contributions.parsed("registry:login", "hello", "x.io", "u", "secret").app()).contains(HELLO);
    }

    @Test
    void aReleaseIsPushedWhereThatIsWantedAndRefusedWhereItFails() throws Exception {
        try (RealRegistry registry = RealRegistry.start(engine, false)) {
            set(app("hello"), RegistrySettings.SERVER, registry.server().host());
            String image = image(HELLO, 4, 1000);
            release(4, image);
            assertThat(registry.hasManifest("hokku/hello", "4")).isFalse();
            set(app("hello"), RegistrySettings.PUSH_ON_RELEASE, "true");
            release(4, image);
            assertThat(registry.hasManifest("hokku/hello", "4")).isTrue();
            assertThat(contributions.reports().getFirst().fields(app("hello"))).containsEntry("tag-version", "4").containsEntry("computed-image-repo", "hokku/hello");
            set(app("hello"), RegistrySettings.SERVER, "127.0.0.1:" + FreePort.find());
            assertThatThrownBy(() -> release(5, image)).isInstanceOf(UserError.class).hasMessageContaining("Release 5 of hello could not be pushed");
        }
    }

    private void release(int number, String image) throws Exception {
        App app = app("hello");
        Release release = new Release(app.name(), number, image, engine.imageName(app.name(), number), "test", hokku.api.Env.EMPTY, new TreeMap<>(), List.of(), true, "",
                Map.of(), Map.of(), "t", Instant.EPOCH);
        ((PostRelease) contributions.hooks().getFirst().hook()).after(release, out);
    }
}
