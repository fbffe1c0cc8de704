package hokku.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Domain;
import hokku.api.Env;
import hokku.api.PortMapping;
import hokku.api.ProcessType;
import hokku.api.Release;
import hokku.api.UserError;
import hokku.core.state.ReleaseJournal.Marker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogueTest {
    private static final AppName APP = AppName.of("hello");
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    @TempDir
    private Path folder;
    private Home home;

    @BeforeEach
    void create() throws IOException {
        home = new Home(folder.resolve("home"));
        home.create();
    }

    private Catalogue load() throws IOException {
        Catalogue catalogue = new Catalogue(home, Clock.systemUTC());
        catalogue.load();
        return catalogue;
    }

    private static Marker marker(long revision) {
        return new Marker(1, "r1-x", "docker-local", revision, new TreeMap<>(), "push", Optional.empty(), "alice", NOW);
    }

    private static void makeRelease(Catalogue catalogue) throws IOException {
        catalogue.journal(APP).begin("c1", "alice", NOW);
        catalogue.journal(APP).release(new Release(APP, 1, "sha256:1", "t:1", "dockerfile", Env.EMPTY, new TreeMap<>(Map.of(ProcessType.WEB,
                List.of())), List.of(), true, "c1", Map.of(), Map.of(), "alice", NOW));
    }

    @Test
    void whatWasStoredIsReadAgain() throws IOException {
        Catalogue catalogue = load();
        App app = catalogue.create(APP).withEnv(Env.of(Map.of("A", "x\ny"))).withDomains(List.of(Domain.of("a.example.com")), true)
                .withPorts(List.of(PortMapping.parse("http:80:3000"))).withScale(Map.of(ProcessType.of("worker"), 2)).withLocked(true)
                .withRevision(2);
        catalogue.store(app);

        assertThat(load().get(APP)).isEqualTo(app);
    }

    @Test
    void aPreparedChangeHoldsWhenTheJournalSaysSo() throws IOException {
        Catalogue catalogue = load();
        App app = catalogue.create(APP);
        makeRelease(catalogue);
        catalogue.prepare(app.withEnv(Env.of(Map.of("A", "new"))).withRevision(2));
        catalogue.live(APP, marker(2));

        App after = load().get(APP);

        assertThat(after.env().get("A")).contains("new");
        assertThat(after.release()).isPresent();
    }

    @Test
    void aPreparedChangeIsDroppedWhenTheJournalDoesNotKnowIt() throws IOException {
        Catalogue catalogue = load();
        App app = catalogue.create(APP);
        makeRelease(catalogue);
        catalogue.live(APP, marker(1));
        catalogue.prepare(app.withEnv(Env.of(Map.of("A", "new"))).withRevision(2));

        assertThat(load().get(APP).env().isEmpty()).isTrue();
        assertThat(load().get(APP).env().isEmpty()).isTrue();
    }

    @Test
    void aFolderThatWasNotMadeToItsEndIsNoApp() throws IOException {
        Files.createDirectories(home.app(APP));

        Catalogue catalogue = load();

        assertThat(catalogue.names()).isEmpty();
        assertThat(home.app(APP)).doesNotExist();
        catalogue.create(APP);
        assertThat(load().names()).containsExactly(APP);
    }

    @Test
    void anAppThatCannotBeReadIsLeftAloneAndTheOthersAreThere() throws IOException {
        Catalogue catalogue = load();
        catalogue.create(APP);
        catalogue.create(AppName.of("other"));
        Files.writeString(home.desired(APP), "{ broken");

        assertThat(load().names()).containsExactly(AppName.of("other"));
        assertThat(home.desired(APP)).exists();
    }

    @Test
    void aNameIsTakenOnce() throws IOException {
        Catalogue catalogue = load();
        catalogue.create(APP);

        assertThatThrownBy(() -> catalogue.create(APP)).isInstanceOf(UserError.class).hasMessage("Name is already taken");
    }

    @Test
    void aDestroyedAppIsGoneWithItsFiles() throws IOException {
        Catalogue catalogue = load();
        catalogue.create(APP);

        catalogue.destroy(APP);

        assertThat(home.app(APP)).doesNotExist();
        assertThat(home.trash()).isEmptyDirectory();
        assertThatThrownBy(() -> catalogue.get(APP)).isInstanceOf(UserError.class).hasMessage("App hello does not exist");
    }

    @Test
    void theNameOfAnAppThatCannotBeReadIsTaken() throws IOException {
        load().create(APP);
        Files.writeString(home.desired(APP), "{ broken");
        Catalogue catalogue = load();

        assertThatThrownBy(() -> catalogue.create(APP)).isInstanceOf(UserError.class).hasMessageContaining("cannot read");

        assertThat(home.desired(APP)).hasContent("{ broken");
        assertThat(catalogue.unreadable()).containsExactly("hello");
    }

    @Test
    void anAppWithAValueThatMakesNoSenseIsLeftAloneToo() throws IOException {
        Catalogue catalogue = load();
        catalogue.create(APP);
        catalogue.create(AppName.of("other"));
        Files.writeString(home.desired(APP), Files.readString(home.desired(APP)).replaceFirst("\"created\" : \"[^\"]*\"",
                "\"created\" : \"yesterday\""));

        assertThat(load().names()).containsExactly(AppName.of("other"));
    }

    @Test
    void anAppWithReleasesIsNotThrownAwayWhenItsStateIsMissing() throws IOException {
        Catalogue catalogue = load();
        catalogue.create(APP);
        makeRelease(catalogue);
        Files.delete(home.desired(APP));

        assertThat(load().names()).isEmpty();

        assertThat(home.journal(APP)).exists();
    }

    @Test
    void settingsThatCannotBeReadAreNamed() throws IOException {
        Files.writeString(home.settings(), "{\"env\": {");

        assertThatThrownBy(this::load).isInstanceOf(UserError.class).hasMessageContaining(home.settings().toString());
    }

    @Test
    void aPreparedChangeThatWasOvertakenIsDropped() throws IOException {
        Catalogue catalogue = load();
        App app = catalogue.create(APP);
        makeRelease(catalogue);
        catalogue.prepare(app.withEnv(Env.of(Map.of("A", "prepared"))).withRevision(2));
        catalogue.live(APP, marker(2));
        catalogue.store(app.withEnv(Env.of(Map.of("A", "stored later"))).withRevision(3));

        assertThat(load().get(APP).env().get("A")).contains("stored later");
    }

    @Test
    void aRenamedAppKeepsItsStateAndItsReleasesBearItsName() throws IOException {
        AppName to = AppName.of("renamed");
        Catalogue catalogue = load();
        App before = catalogue.create(APP);
        makeRelease(catalogue);
        catalogue.live(APP, marker(1));
        catalogue.store(before.withEnv(Env.of(Map.of("A", "1"))));
        // a push to an app that is not there any more may leave its folder
        Files.createDirectories(home.repository(to));
        assertThat(catalogue.rename(APP, to).env()).isEqualTo(Env.of(Map.of("A", "1")));
        for (Catalogue each : List.of(catalogue, load())) {
            assertThat(each.names()).containsExactly(to);
            assertThat(each.get(to).id()).isEqualTo(before.id());
            assertThat(each.get(to).release().orElseThrow().app()).isEqualTo(to);
            assertThat(each.journal(to).releases()).hasSize(1);
        }
        assertThat(home.repository(to)).doesNotExist();
        assertThat(home.app(APP)).doesNotExist();
    }

    @Test
    void aNameThatIsTakenOrCannotBeReadIsNotGivenToAnotherApp() throws IOException {
        Catalogue catalogue = load();
        catalogue.create(APP);
        catalogue.create(AppName.of("other"));
        Files.createDirectories(home.app(AppName.of("broken")));
        Files.writeString(home.desired(AppName.of("broken")), "{");
        assertThatThrownBy(() -> catalogue.rename(APP, AppName.of("other"))).hasMessage("Name is already taken");
        assertThatThrownBy(() -> catalogue.rename(APP, AppName.of("broken"))).hasMessageContaining("an app that the server cannot read");
        assertThat(catalogue.names()).hasSize(2).contains(APP);
    }
}
