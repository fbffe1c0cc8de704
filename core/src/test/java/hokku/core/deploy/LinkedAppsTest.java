package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.EnvKey;
import hokku.api.Link;
import hokku.api.ServiceId;
import hokku.api.UserError;
import hokku.api.hook.PreStart;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Apps that are linked to services, through everything that happens to apps.
class LinkedAppsTest {
    private static final EnvKey USUAL = EnvKey.of("DATABASE_URL");
    private static final Link FIRST = new Link("postgres", ServiceId.random(), USUAL, "", "postgres://one");
    private static final Link SECOND = new Link("postgres", ServiceId.random(), EnvKey.of("OTHER_URL"), "a=b", "postgres://two?a=b");

    @TempDir
    private Path folder;
    private House house;
    /// What the containers that started last had as the address.
    private final List<String> started = new ArrayList<>();
    /// The apps whose services were brought within reach, with their links.
    private final List<String> reached = new ArrayList<>();

    @BeforeEach
    void build() throws Exception {
        house = new House(folder);
        house.hook(PreStart.class, (spec, out) -> {
            started.add(spec.env().get(USUAL).orElse("none"));
            return spec;
        });
        house.reach = (scheduler, app) -> reached.add(app.name() + " " + app.links().size());
    }

    private void link(Link... links) throws Exception {
        house.change(app -> app.withLinks(List.of(links)));
    }

    @Test
    void aLinkRollsOutAndItsServiceIsWithinReachBefore() throws Exception {
        house.push();
        reached.clear();
        started.clear();

        link(FIRST);

        assertThat(started).containsExactly("postgres://one");
        assertThat(reached).containsExactly("hello 1");
        link();
        assertThat(started).containsExactly("postgres://one", "none");
    }

    @Test
    void aLinkWhoseVariableTheAppOverridesChangesNothingThatRuns() throws Exception {
        house.push();
        house.change(app -> app.withEnv(app.env().with(USUAL, "mine")));
        started.clear();
        link(FIRST);
        assertThat(started).isEmpty();
        assertThat(house.app().links()).containsExactly(FIRST);
    }

    @Test
    void aServiceOutOfReachStopsTheRolloutAndWhatRanGoesOn() throws Exception {
        house.push();
        house.reach = (scheduler, app) -> {
            throw new UserError("the service is away");
        };
        assertThatThrownBy(() -> link(FIRST)).isInstanceOf(UserError.class).hasMessageContaining("the service is away");
        assertThatThrownBy(() -> house.push()).isInstanceOf(UserError.class).hasMessageContaining("the service is away");
        assertThat(house.served()).isEqualTo(1);
        assertThat(house.app().links()).isEmpty();
    }

    @Test
    void linksAreThereAfterARestart() throws Exception {
        house.push();
        link(FIRST, SECOND);
        house.restart();
        assertThat(house.app().links()).containsExactly(FIRST, SECOND);
    }

    @Test
    void aLinkWithoutRestartHoldsFromTheNextOne() throws Exception {
        house.push();
        started.clear();
        house.apps.change(House.APP, app -> app.withLinks(List.of(FIRST)), Apps.Restart.NEVER, house.out);
        assertThat(started).isEmpty();
        house.apps.restart(House.APP, House.ALICE, house.out);
        assertThat(started).containsExactly("postgres://one");
    }

    @Test
    void aRollbackKeepsTheLinksOfToday() throws Exception {
        house.push();
        link(FIRST);
        house.push();
        link(SECOND.withVariable(USUAL));
        started.clear();

        house.apps.rollback(House.APP, Optional.of(1), House.ALICE, house.out);

        assertThat(started).containsExactly("postgres://two?a=b");
        assertThat(house.app().links()).containsExactly(SECOND.withVariable(USUAL));
        assertThat(house.served()).isEqualTo(1);
    }

    @Test
    void noReleaseHoldsWhatServicesProvide() throws Exception {
        house.push();
        link(FIRST);
        house.push();
        assertThat(house.app().release().orElseThrow().env().isEmpty()).isTrue();
        assertThat(house.app().env().isEmpty()).isTrue();
        assertThat(house.home.app(House.APP).resolve("releases.jsonl")).content().doesNotContain("postgres://one");
    }

    @Test
    void aCopyIsLinkedToTheSameServicesAndReachesThemWhenItStarts() throws Exception {
        house.push();
        link(FIRST);
        AppName copy = AppName.of("copy");

        App made = house.clones.copy(House.APP, copy);

        assertThat(made.links()).containsExactly(FIRST);
        reached.clear();
        started.clear();
        house.apps.change(copy, app -> app.withStopped(false), Apps.Restart.IF_NEEDED, house.out);
        assertThat(reached).containsExactly("copy 1");
        assertThat(started).containsExactly("postgres://one");
        assertThat(house.app().links()).containsExactly(FIRST);
    }

    @Test
    void aRenamedAppKeepsItsLinks() throws Exception {
        house.push();
        link(FIRST);
        AppName renamed = AppName.of("renamed");
        assertThat(house.renames.rename(House.APP, renamed, house.out).links()).containsExactly(FIRST);
        house.restart();
        assertThat(house.catalogue.get(renamed).links()).containsExactly(FIRST);
    }

    @Test
    void aDestroyedAppIsLinkedToNothing() throws Exception {
        house.push();
        link(FIRST);
        house.apps.destroy(House.APP, house.out);
        assertThat(house.apps.list()).isEmpty();
        house.apps.create(House.APP);
        assertThat(house.app().links()).isEmpty();
    }
}
