package hokku.swarm.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import hokku.api.App;
import hokku.api.Release;
import hokku.api.Setting;
import hokku.api.UserError;
import hokku.api.hook.AppEvent;
import hokku.api.spi.Job;
import hokku.testkit.FreePort;
import hokku.testkit.RecordingContributions;
import hokku.testkit.RecordingSession;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The registry that Hokku runs where none is set.
@Timeout(180)
class OwnRegistryIT extends EngineFixture {
    private static final int SMALL = 1000;
    private static final int LARGE = 5_000_000;

    private RecordingContributions contributions;
    private Publisher publisher;
    private int port;

    @BeforeEach
    void contribute() throws Exception {
        contributions = new RecordingContributions();
        publisher = RegistryParts.contribute(context, contributions);
        port = FreePort.find();
        // Where engines accept any certificate, so that nothing is written to this machine's configuration.
        global(RegistrySettings.ADDRESS, "127.0.0.1");
        global(RegistrySettings.PORT, String.valueOf(port));
    }

    @Override
    void tidy() {
        for (String name : List.of(container(), container() + "-former")) {
            try {
                engine.client().removeContainerCmd(name).withForce(true).withRemoveVolumes(true).exec();
            } catch (NotFoundException none) {
                // Not every test has both.
            }
        }
        try {
            engine.client().removeVolumeCmd(container()).exec();
        } catch (NotFoundException none) {
            // Not every test has one.
        }
    }

    @Test
    void itIsStartedForTheFirstImageAndServesWithItsOwnCertificateAndLogin() throws Exception {
        App app = app("hello");
        String image = image(app.name(), 1, SMALL);
        Published published = publisher.publish(app, 1, image, out);
        assertThat(published.reference()).matches("127\\.0\\.0\\.1:" + port + "/hokku/hello@sha256:[0-9a-f]{64}");
        assertThat(published.auth().orElseThrow().getUsername()).isEqualTo("hokku");
        assertThat(out.lines()).contains("-----> Starting Hokku's registry at 127.0.0.1:" + port);
        InspectContainerResponse container = engine.client().inspectContainerCmd(container()).exec();
        assertThat(container.getHostConfig().getRestartPolicy().getName()).isEqualTo("always");
        String password = published.auth().orElseThrow().getPassword();
        assertThat(container.toString()).doesNotContain(password);
        Path folder = context.folder().resolve("registry");
        assertThat(Files.readString(folder.resolve("password"))).isEqualTo(password);
        for (String secret : List.of("password", "authority.key")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(secret)))).isEqualTo("rw-------");
        }

        engine.client().removeImageCmd(published.reference().replaceFirst("@.*", ":1")).exec();
        engine.client().pullImageCmd(published.reference()).withAuthConfig(published.auth().orElseThrow()).start().awaitCompletion();
        assertThat(engine.client().inspectImageCmd(published.reference()).exec().getId()).isEqualTo(image);
    }

    @Test
    void itIsStartedAgainAndMadeAnewWhereSettingsChangeAndKeepsItsImages() throws Exception {
        App app = app("hello");
        String image = image(app.name(), 1, SMALL);
        Published first = publisher.publish(app, 1, image, out);
        engine.client().stopContainerCmd(container()).withTimeout(1).exec();
        job().run();
        assertThat(own().state().orElseThrow().state()).isEqualTo("running");

        engine.client().killContainerCmd(container()).exec();
        publisher.publish(app, 1, image, out);
        assertThat(own().state().orElseThrow().state()).isEqualTo("running");

        // A crash while its container was replaced.
        engine.client().renameContainerCmd(container()).withName(container() + "-former").exec();
        engine.client().killContainerCmd(container() + "-former").exec();
        job().run();
        assertThat(own().state().orElseThrow().state()).isEqualTo("running");

        int other = FreePort.find();
        global(RegistrySettings.PORT, String.valueOf(other));
        Published moved = publisher.publish(app, 1, image, out);
        assertThat(moved.reference()).isEqualTo(first.reference().replace(":" + port + "/", ":" + other + "/"));
        assertThat(out.lines()).contains("-----> Starting Hokku's registry anew at 127.0.0.1:" + other, "       0 layers pushed, 2 there already");
        assertThat(moved.auth().orElseThrow().getPassword()).isEqualTo(first.auth().orElseThrow().getPassword());
        forgetImage(app, image);
        job().run();
        assertThat(engine.client().listImagesCmd().withReferenceFilter("127.0.0.1:*/hokku/hello").exec()).isEmpty();
    }

    @Test
    void aPortThatIsTakenIsNamedAndTheFormerOneServesOn() throws Exception {
        App app = app("hello");
        String image = image(app.name(), 1, SMALL);
        publisher.publish(app, 1, image, out);
        try (ServerSocket taken = new ServerSocket(0)) {
            global(RegistrySettings.PORT, String.valueOf(taken.getLocalPort()));
            assertThatThrownBy(() -> publisher.publish(app, 1, image, out)).isInstanceOf(UserError.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " is taken").hasMessageContaining("registry:set --global port");
        }
        global(RegistrySettings.PORT, String.valueOf(port));
        assertThat(own().state().orElseThrow()).satisfies(state -> assertThat(state.state()).isEqualTo("running"),
                state -> assertThat(state.server().host()).isEqualTo("127.0.0.1:" + port));
        int lines = out.lines().size();
        publisher.publish(app, 1, image, out);
        assertThat(out.lines()).hasSize(lines);
        forgetImage(app, image);
        job().run();
    }

    @Test
    void aCertificateIsRenewedInTimeByTheSameAuthority() throws Exception {
        Instant now = Instant.now();
        own(Clock.fixed(now.minus(Duration.ofDays(397)).plus(Duration.ofHours(60 * 24 + 12)), ZoneOffset.UTC)).demand(out);
        Instant until = own().state().orElseThrow().until();
        String trusted = own().trustCommand();
        own().keepUp(out);
        assertThat(own().state().orElseThrow().until()).isEqualTo(until);
        own(Clock.fixed(now.plus(Duration.ofHours(23)), ZoneOffset.UTC)).keepUp(out);
        assertThat(own().state().orElseThrow().until()).isAfter(now.plus(Duration.ofDays(390)));
        assertThat(own().trustCommand()).isEqualTo(trusted);
    }

    @Test
    void whatNoReleaseNeedsIsFreed() throws Exception {
        App app = app("hello");
        String old = image(app.name(), 1, LARGE);
        String live = image(app.name(), 2, SMALL);
        Published former = publisher.publish(app, 1, old, out);
        Published kept = publisher.publish(app, 2, live, out);
        long full = own().stored();
        job().run();
        assertThat(names(old)).hasSize(2);
        engine.client().removeImageCmd(engine.imageName(app.name(), 1)).exec();
        Files.delete(context.folder().resolve("registry/collected"));
        job().run();
        assertThatThrownBy(() -> engine.client().inspectImageCmd(old).exec()).isInstanceOf(NotFoundException.class);
        assertThat(own().stored()).isLessThan(full - LARGE / 1024 * 9 / 10);
        try (RegistryClient client = own().client()) {
            assertThat(client.digest("hokku/hello", "1")).isEmpty();
            assertThat(client.digest("hokku/hello", former.reference().replaceFirst(".*@", ""))).isEmpty();
            assertThat(client.digest("hokku/hello", "2")).contains(kept.reference().replaceFirst(".*@", ""));
        }
        // What was freed can be brought there again: the registry does not believe that it still has it.
        String again = image(app.name(), 3, LARGE);
        assertThat(publisher.publish(app, 3, again, out).reference()).isNotEqualTo(former.reference());

        // Somebody removed the image from this engine, but it is live.
        apps.put(apps.get("hello").withRelease(Optional.of(release(app, 2, live))));
        engine.client().removeImageCmd(live).withForce(true).exec();
        job().run();
        try (RegistryClient client = own().client()) {
            assertThat(client.digest("hokku/hello", "2")).isPresent();
        }
        forgetImage(app, again);
        job().run();
    }

    @Test
    void anAppThatIsDestroyedLeavesNothing() throws Exception {
        App app = app("hello");
        String image = image(app.name(), 1, SMALL);
        Published published = publisher.publish(app, 1, image, out);
        engine.client().removeImageCmd(engine.imageName(app.name(), 1)).exec();
        contributions.listeners().forEach(listener -> listener.accept(new AppEvent.Destroyed(app.name(), app.id())));
        await().atMost(Duration.ofSeconds(20)).until(() -> new PushedImages(context.folder().resolve("registry/pushed"), context.json()).all().isEmpty());
        assertThatThrownBy(() -> engine.client().inspectImageCmd(image).exec()).isInstanceOf(NotFoundException.class);
        try (RegistryClient client = own().client()) {
            assertThat(client.digest("hokku/hello", published.reference().replaceFirst(".*@", ""))).isEmpty();
        }
    }

    @Test
    void aReleaseWithTheSameImageIsNotTakenAwayWithAnother() throws Exception {
        App app = app("hello");
        App other = app("other");
        String image = image(app.name(), 1, SMALL);
        Published first = publisher.publish(app, 1, image, out);
        engine.client().tagImageCmd(image, engine.imageName(other.name(), 1).replaceFirst(":1$", ""), "1").exec();
        publisher.publish(other, 1, image, out);
        Published second = publisher.publish(app, 2, image, out);
        assertThat(second.reference()).isEqualTo(first.reference());
        forgetImage(app, image);
        job().run();
        try (RegistryClient client = own().client()) {
            assertThat(client.digest("hokku/hello", "2")).isPresent();
        }
        forgetImage(other, image);
        job().run();
    }

    @Test
    void aRegistryThatLostItsImagesGetsThemAgain() throws Exception {
        App app = app("hello");
        String image = image(app.name(), 1, SMALL);
        publisher.publish(app, 1, image, out);
        tidy();
        Published again = publisher.publish(app, 1, image, out);
        try (RegistryClient client = own().client()) {
            assertThat(client.digest("hokku/hello", "1")).contains(again.reference().replaceFirst(".*@", ""));
        }
        forgetImage(app, image);
        job().run();
    }

    @Test
    void theReportTellsWhereItIsAndWhatItStores() throws Exception {
        assertThat(report()).containsEntry("own-state", "none").containsEntry("own-server", "");
        own().demand(out);
        assertThat(report()).containsEntry("own-state", "running").containsEntry("own-server", "127.0.0.1:" + port).containsEntry("own-stored", "0 MB");
        engine.client().stopContainerCmd(container()).withTimeout(1).exec();
        assertThat(report()).containsEntry("own-state", "exited").containsEntry("own-stored", "");
    }

    @Test
    void withoutASwarmAndAnAddressItSaysWhatToDo() {
        global(RegistrySettings.ADDRESS, "");
        App app = app("hello");
        String image = image(app.name(), 1, SMALL);
        assertThatThrownBy(() -> publisher.publish(app, 1, image, out)).isInstanceOf(UserError.class)
                .hasMessageContaining("registry:set --global address").hasMessageContaining("registry:set --global server");
        global(RegistrySettings.ADDRESS, "192.0.2.1");
        global(RegistrySettings.IMAGE, "no.such.registry.invalid/registry:2");
        assertThatThrownBy(() -> publisher.publish(app, 1, image, out)).isInstanceOf(UserError.class)
                .hasMessageContaining("could not be fetched").hasMessageContaining("registry:set --global image");
    }

    @Test
    void aNodeGetsALineThatLetsItTrustTheRegistry(@org.junit.jupiter.api.io.TempDir Path machine) throws Exception {
        RecordingSession session = new RecordingSession();
        contributions.run(session, "registry:trust-command");
        String line = session.printed().strip();
        assertThat(line.lines()).hasSize(1);
        assertThat(line).contains("/etc/docker/certs.d/127.0.0.1:" + port).doesNotContain("KEY");
        Process shell = new ProcessBuilder("sh", "-c", line.replace("/etc/docker", machine.toString())).redirectErrorStream(true).start();
        assertThat(shell.waitFor()).isZero();
        String authority = Files.readString(context.folder().resolve("registry/authority.crt"));
        assertThat(machine.resolve("certs.d/127.0.0.1:" + port + "/ca.crt")).hasContent(authority);

        Path other = machine.resolve("other");
        EngineTrust.give(engine, BASE, other.toString(), RegistryServer.of("10.0.0.5:5000"), authority);
        assertThat(other.resolve("certs.d/10.0.0.5:5000/ca.crt")).hasContent(authority);
    }

    private Map<String, String> report() throws Exception {
        return contributions.reports().getFirst().globalFields(apps.global());
    }

    private Job job() {
        return contributions.jobs().getFirst();
    }

    private OwnRegistry own() throws Exception {
        return own(Clock.systemUTC());
    }

    private OwnRegistry own(Clock clock) throws Exception {
        return new OwnRegistry(engine, apps, new OwnFiles(Files.createDirectories(context.folder().resolve("registry")), "test"), clock, () -> {});
    }

    private String container() {
        return "hokku-" + engine.instance() + "-registry";
    }

    private void global(Setting<?> setting, String text) {
        apps.setGlobal(apps.global().withSetting(setting, text));
    }

    /// What the core does once no release needs it.
    private void forgetImage(App app, String image) {
        names(image).stream().filter(name -> name.startsWith(engine.imageName(app.name(), 1).replaceFirst(":1$", ":")))
                .forEach(name -> engine.client().removeImageCmd(name).exec());
    }

    private static Release release(App app, int number, String image) {
        return new Release(app.name(), number, image, "x:1", "test", hokku.api.Env.EMPTY, new TreeMap<>(), List.of(), true, "", Map.of(), Map.of(), "t",
                Instant.EPOCH);
    }
}
