package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Domain;
import hokku.api.Instance;
import hokku.api.UserError;
import hokku.api.hook.AppEvent;
import hokku.core.git.Repositories;
import hokku.core.state.RenameNote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Another name for an app.
class RenamesTest {
    private static final AppName NEW = AppName.of("renamed");

    @TempDir
    private Path folder;
    private House house;

    @BeforeEach
    void build() throws Exception {
        house = new House(folder);
    }

    private App rename() throws InterruptedException {
        return house.renames.rename(House.APP, NEW, house.out);
    }

    /// What an app has, whatever it is called.
    private App state(AppName name) {
        App app = house.catalogue.get(name);
        return app.withName(House.APP).withRelease(Optional.empty());
    }

    @Test
    void everythingMovesAndWhatRunsGoesOn() throws Exception {
        house.push();
        house.push();
        house.change(app -> app.withEnv(app.env().with("A", "1")).withDomains(List.of(Domain.of("www.example.com")), false).withLocked(true));
        Files.writeString(Files.createDirectories(house.home.pluginFolder(House.APP, "postgres")).resolve("links"), "db");
        App before = house.app();
        await("only the live deployment runs").atMost(Duration.ofSeconds(20)).until(() -> house.instances().size() == 1);
        List<Instance> running = house.instances();

        App after = rename();

        assertThat(state(NEW)).isEqualTo(before.withRelease(Optional.empty()));
        assertThat(after.release().orElseThrow().number()).isEqualTo(2);
        assertThat(after.release().orElseThrow().app()).isEqualTo(NEW);
        assertThat(house.catalogue.names()).containsExactly(NEW);
        assertThat(house.scheduler.instances(after.id())).isEqualTo(running);
        assertThat(house.proxy.routes.keySet()).containsExactly(NEW);
        assertThat(house.proxy.routes.get(NEW).domains()).extracting(Domain::value)
                .containsExactly("renamed.192.0.2.7.sslip.io", "www.example.com");
        assertThat(house.images.keySet()).containsExactly("hokku-test/renamed:1", "hokku-test/renamed:2");
        assertThat(house.home.pluginFolder(NEW, "postgres").resolve("links")).hasContent("db");
        assertThat(house.events).endsWith(new AppEvent.Renamed(NEW, before.id(), House.APP));
        assertThat(RenameNote.read(house.home, NEW)).isEmpty();
    }

    @Test
    void domainsThatFollowedFromTheFormerNameFollowFromTheNewOne() throws Exception {
        house.push();
        // as domains:add leaves them
        house.change(app -> app.withDomains(List.of(Domain.of("hello.192.0.2.7.sslip.io"), Domain.of("hello.example.com")), true));
        rename();
        assertThat(house.proxy.routes.get(NEW).domains()).extracting(Domain::value)
                .containsExactly("renamed.192.0.2.7.sslip.io", "hello.example.com");
        house.restart();
        assertThat(house.catalogue.get(NEW).domains()).extracting(Domain::value)
                .containsExactly("renamed.192.0.2.7.sslip.io", "hello.example.com");
    }

    @Test
    void aRenamedAppIsRolledBackAndPushedToAsBefore() throws Exception {
        house.push();
        house.push();
        rename();
        house.restart();
        house.apps.rollback(NEW, Optional.of(1), House.ALICE, house.out);
        assertThat(house.catalogue.get(NEW).release().orElseThrow().number()).isEqualTo(1);
        house.push(NEW);
        assertThat(house.catalogue.get(NEW).release().orElseThrow().number()).isEqualTo(3);
        house.housekeeping.clean(NEW);
        assertThat(house.images.keySet()).containsExactly("hokku-test/renamed:1", "hokku-test/renamed:2", "hokku-test/renamed:3");
    }

    @Test
    void anAppThatWasNeverDeployedIsRenamedToo() throws Exception {
        house.apps.create(House.APP);
        new Repositories(house.home).create(House.APP);
        rename();
        assertThat(house.home.repository(NEW).resolve("HEAD")).exists();
        assertThat(house.home.app(House.APP)).doesNotExist();
        assertThat(house.proxy.routes).isEmpty();
    }

    @Test
    void aNewAppMayTakeTheFormerName() throws Exception {
        house.push();
        rename();
        house.push();
        assertThat(house.images.keySet()).containsExactly("hokku-test/hello:1", "hokku-test/renamed:1");
        assertThat(house.proxy.routes.keySet()).containsExactlyInAnyOrder(House.APP, NEW);
    }

    @Test
    void aTakenNameAndAMissingAppAreRefused() throws Exception {
        house.push();
        house.apps.create(NEW);
        assertThatThrownBy(this::rename).isInstanceOf(UserError.class).hasMessage("Name is already taken");
        assertThatThrownBy(() -> house.renames.rename(House.APP, House.APP, house.out)).hasMessage("Name is already taken");
        assertThatThrownBy(() -> house.renames.rename(AppName.of("missing"), AppName.of("other"), house.out))
                .isInstanceOfSatisfying(UserError.class, refused -> assertThat(refused.exitCode()).isEqualTo(UserError.NO_SUCH_APP));
        assertThat(house.proxy.routes.keySet()).containsExactly(House.APP);
    }

    @Test
    void aNameWhoseDomainBelongsToAnotherAppIsRefused() throws Exception {
        house.push();
        AppName other = AppName.of("other");
        house.push(other);
        house.apps.change(other, app -> app.withDomains(List.of(Domain.of("renamed.192.0.2.7.sslip.io")), false),
                hokku.api.Apps.Restart.IF_NEEDED, house.out);
        assertThatThrownBy(this::rename).hasMessageContaining("renamed.192.0.2.7.sslip.io belongs to the app other");
        assertUnchanged();
    }

    @Test
    void aProxyThatRefusesOrCannotSwitchLeavesEverythingAsItWas() throws Exception {
        house.push();
        house.proxy.atPrepare = () -> {
            throw new UserError("not that one");
        };
        assertThatThrownBy(this::rename).hasMessage("not that one");
        assertUnchanged();
        house.proxy.atPrepare = () -> { };
        house.proxy.atCommit = () -> {
            throw new UserError("cannot switch");
        };
        assertThatThrownBy(this::rename).hasMessage("cannot switch");
        assertUnchanged();
        house.restart();
        assertUnchanged();
    }

    private void assertUnchanged() throws IOException {
        assertThat(house.app().domains()).isEmpty();
        assertThat(house.catalogue.find(NEW)).isEmpty();
        assertThat(house.app().release()).isPresent();
        assertThat(house.served()).isEqualTo(1);
        assertThat(house.images.keySet()).contains("hokku-test/hello:1").noneMatch(name -> name.contains("renamed"));
        assertThat(RenameNote.read(house.home, House.APP)).isEmpty();
        assertThat(house.events).noneMatch(AppEvent.Renamed.class::isInstance);
    }

    @Test
    void anAppThatIsBeingDeployedIsNotRenamed() throws Exception {
        house.push();
        CountDownLatch building = new CountDownLatch(1);
        CountDownLatch built = new CountDownLatch(1);
        house.builder.trouble = () -> {
            building.countDown();
            built.await();
        };
        AtomicReference<Exception> failure = new AtomicReference<>();
        Thread pusher = Thread.ofVirtual().start(() -> {
            try {
                house.push();
            } catch (Exception failed) {
                failure.set(failed);
            }
        });
        building.await();
        assertThatThrownBy(this::rename).isInstanceOf(UserError.class).hasMessageStartingWith("App hello is being deployed");
        built.countDown();
        pusher.join();
        assertThat(failure.get()).isNull();
        assertThat(house.served()).isEqualTo(2);
        rename();
    }

    @Test
    void aRenameThatACrashCutOffBeforeItTookEffectIsTakenBack() throws Exception {
        house.push();
        new RenameNote(House.APP, NEW, List.of(Domain.of("www.example.com"))).write(house.home);
        house.images.put("hokku-test/renamed:1", house.images.get("hokku-test/hello:1"));
        reconcile();
        assertUnchanged();
        assertThat(house.proxy.routes.keySet()).containsExactly(House.APP);
    }

    @Test
    void aRenameThatACrashCutOffAfterItTookEffectIsFinished() throws Exception {
        house.push();
        List<Instance> running = house.instances();
        new RenameNote(House.APP, NEW, List.of(Domain.of("www.example.com"))).write(house.home);
        Files.move(house.home.app(House.APP), house.home.app(NEW));
        reconcile();
        assertThat(house.catalogue.get(NEW).domains()).containsExactly(Domain.of("www.example.com"));
        assertThat(house.proxy.routes.get(NEW).domains()).contains(Domain.of("www.example.com"));
        assertThat(house.catalogue.names()).containsExactly(NEW);
        assertThat(house.images.keySet()).containsExactly("hokku-test/renamed:1");
        assertThat(house.proxy.routes.keySet()).containsExactly(NEW);
        assertThat(house.scheduler.instances(house.catalogue.get(NEW).id())).isEqualTo(running);
        assertThat(house.events).hasAtLeastOneElementOfType(AppEvent.Renamed.class);
        assertThat(RenameNote.read(house.home, NEW)).isEmpty();
    }

    private void reconcile() throws Exception {
        house.restart();
        house.reconciler.start();
        assertThat(house.reconciler.awaitSettled(Duration.ofSeconds(20))).isTrue();
        house.reconciler.close();
    }
}
