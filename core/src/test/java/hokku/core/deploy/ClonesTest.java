package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Domain;
import hokku.api.PortMapping;
import hokku.api.UserError;
import hokku.api.hook.AppEvent;
import hokku.core.git.Repositories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Copies of apps.
class ClonesTest {
    private static final AppName COPY = AppName.of("copy");

    @TempDir
    private Path folder;
    private House house;

    @BeforeEach
    void build() throws Exception {
        house = new House(folder);
    }

    private App copy() throws InterruptedException {
        return house.clones.copy(House.APP, COPY);
    }

    private void start() throws InterruptedException {
        house.apps.change(COPY, app -> app.withStopped(false), Apps.Restart.IF_NEEDED, house.out);
    }

    @Test
    void aCopyHasEverythingButTheDomainsAndRunsBesideTheOriginal() throws Exception {
        house.push();
        house.push();
        house.change(app -> app.withEnv(app.env().with("A", "1")).withDomains(List.of(Domain.of("www.example.com")), true).withLocked(true)
                .withSetting(CoreSettings.KEPT_RELEASES, "7").withPorts(List.of(PortMapping.parse("http:8080:5000"))));
        house.scale(2);
        new Repositories(house.home).create(House.APP);
        Files.writeString(Files.createDirectories(house.home.pluginFolder(House.APP, "postgres")).resolve("links"), "db");

        App copy = copy();

        App original = house.app();
        assertThat(copy.id()).isNotEqualTo(original.id());
        assertThat(copy.env()).isEqualTo(original.env());
        assertThat(copy.settings()).isEqualTo(original.settings());
        assertThat(copy.scale()).isEqualTo(original.scale());
        assertThat(copy.ports()).isEqualTo(original.ports());
        assertThat(copy.domains()).isEmpty();
        assertThat(copy.ownDomains()).isFalse();
        assertThat(copy.locked()).isFalse();
        assertThat(copy.stopped()).isTrue();
        assertThat(house.scheduler.instances(copy.id())).isEmpty();
        assertThat(house.home.pluginFolder(COPY, "postgres").resolve("links")).hasContent("db");
        assertThat(house.home.repository(COPY).resolve("HEAD")).exists();
        assertThat(house.home.builds(COPY).resolve("2.log")).exists();
        assertThat(house.images.keySet()).containsExactly("hokku-test/copy:1", "hokku-test/copy:2", "hokku-test/hello:1", "hokku-test/hello:2");
        assertThat(house.events).endsWith(new AppEvent.Cloned(COPY, copy.id(), House.APP));

        start();
        assertThat(house.scheduler.instances(copy.id())).hasSize(2);
        assertThat(house.proxy.routes.get(COPY).domains()).containsExactly(Domain.of("copy.192.0.2.7.sslip.io"));
        assertThat(house.proxy.routes.get(House.APP).domains()).containsExactly(Domain.of("www.example.com"));
        house.apps.rollback(COPY, Optional.of(1), House.ALICE, house.out);
        house.push(COPY);
        assertThat(house.catalogue.get(COPY).release().orElseThrow().number()).isEqualTo(3);
        assertThat(house.served()).isEqualTo(2);
    }

    @Test
    void aCopyThatIsDestroyedTakesNothingOfTheOriginal() throws Exception {
        house.push();
        copy();
        start();
        house.apps.destroy(COPY, house.out);
        assertThat(house.images.keySet()).containsExactly("hokku-test/hello:1");
        assertThat(house.served()).isEqualTo(1);
        house.restart();
        assertThat(house.catalogue.names()).containsExactly(House.APP);
    }

    @Test
    void domainsOfReleasesStayTheOriginals() throws Exception {
        house.push();
        Path journal = house.home.journal(House.APP);
        Files.writeString(journal, Files.readString(journal).replace("\"files\":{}", "\"files\":{\"CNAME\":\"www.example.com\\n\"}"));
        house.restart();
        assertThat(house.apps.domains(house.app())).contains(Domain.of("www.example.com"));
        App copy = copy();
        start();
        assertThat(house.apps.domains(copy)).containsExactly(Domain.of("copy.192.0.2.7.sslip.io"));
    }

    @Test
    void anAppThatWasNeverDeployedIsCopied() throws Exception {
        house.apps.create(House.APP);
        App copy = copy();
        assertThat(copy.stopped()).isFalse();
        assertThat(copy.release()).isEmpty();
    }

    @Test
    void aTakenNameAndAMissingAppAreRefused() throws Exception {
        house.push();
        house.apps.create(COPY);
        assertThatThrownBy(this::copy).isInstanceOf(UserError.class).hasMessage("Name is already taken");
        assertThatThrownBy(() -> house.clones.copy(AppName.of("missing"), AppName.of("other")))
                .isInstanceOfSatisfying(UserError.class, refused -> assertThat(refused.exitCode()).isEqualTo(UserError.NO_SUCH_APP));
    }

    @Test
    void aCopyThatFailsLeavesNothing() throws Exception {
        house.push();
        Path unreadable = Files.createDirectories(house.home.pluginFolder(House.APP, "broken"));
        Files.createSymbolicLink(unreadable.resolve("loop"), Path.of("loop"));
        Files.delete(house.home.journal(House.APP));
        Files.createDirectory(house.home.journal(House.APP));
        assertThatThrownBy(this::copy).isInstanceOf(UserError.class).hasMessageContaining("could not write its files");
        assertNothingOfTheCopy();
    }

    @Test
    void aCopyThatIsCancelledLeavesNothing() throws Exception {
        house.push();
        Thread.currentThread().interrupt();
        assertThatThrownBy(this::copy).isInstanceOf(InterruptedException.class);
        assertNothingOfTheCopy();
    }

    @Test
    void aCopyThatACrashCutOffIsRemovedAtTheNextStart() throws Exception {
        house.push();
        Files.createDirectories(house.home.copies().resolve("copy/repo.git"));
        house.images.put("hokku-test/copy:1", house.images.get("hokku-test/hello:1"));
        house.restart();
        house.reconciler.start();
        assertThat(house.reconciler.awaitSettled(Duration.ofSeconds(20))).isTrue();
        house.reconciler.close();
        assertNothingOfTheCopy();
        copy();
    }

    private void assertNothingOfTheCopy() throws IOException {
        assertThat(house.catalogue.find(COPY)).isEmpty();
        assertThat(house.images.keySet()).containsExactly("hokku-test/hello:1");
        assertThat(house.home.app(COPY)).doesNotExist();
        if (Files.exists(house.home.copies())) {
            try (var left = Files.list(house.home.copies())) {
                assertThat(left).isEmpty();
            }
        }
        assertThat(house.events).noneMatch(AppEvent.Cloned.class::isInstance);
    }
}
