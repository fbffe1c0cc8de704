package hokku.core.datastore;

import static hokku.core.datastore.ServiceHouse.DB;
import static hokku.core.datastore.ServiceHouse.HELLO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Apps;
import hokku.api.Env;
import hokku.api.EnvKey;
import hokku.api.Global;
import hokku.api.Service;
import hokku.api.UserError;
import hokku.testkit.FakeDatastore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What apps get of services.
class ServiceLinksTest {
    private static final EnvKey USUAL = EnvKey.of("DATABASE_URL");
    private static final EnvKey AQUA = EnvKey.of("DOKKU_POSTGRES_AQUA_URL");
    private static final EnvKey BLACK = EnvKey.of("DOKKU_POSTGRES_BLACK_URL");

    @TempDir
    private Path folder;
    private ServiceHouse house;
    private ServiceLinks links;
    private Service db;

    @BeforeEach
    void build() throws Exception {
        house = new ServiceHouse(folder);
        links = house.services.links();
        db = house.create("db");
    }

    private EnvKey link(Service service) throws InterruptedException {
        return link(service, Optional.empty(), "");
    }

    private EnvKey link(Service service, Optional<String> alias, String query) throws InterruptedException {
        return links.link(house.datastore, service, HELLO, alias, query, Apps.Restart.IF_NEEDED, house.out);
    }

    private void unlink(Service service) throws InterruptedException {
        links.unlink(service, HELLO, Apps.Restart.IF_NEEDED, house.out);
    }

    private void set(String variable) {
        house.apps.put(house.hello().withEnv(Env.EMPTY.with(variable, "mine")));
    }

    private static String address(Service service) {
        return "postgres://:" + service.password() + "@dokku-postgres-" + service.name() + ":5050/" + service.name();
    }

    @Test
    void anAppGetsTheAddressAndReachesTheService() throws Exception {
        assertThat(link(db)).isEqualTo(USUAL);
        assertThat(house.provided()).isEqualTo(Map.of(USUAL, address(db)));
        assertThat(house.scheduler.attached(house.hello().id())).isEqualTo(Map.of(house.containers.demand(db), List.of("dokku-postgres-db")));
        assertThat(house.apps.calls()).containsExactly("change hello");
        assertThat(links.linked(db)).containsExactly(house.hello());
    }

    @Test
    void anUnlinkedAppIsWhatItWas() throws Exception {
        set("A");
        var before = house.hello();
        link(db);

        unlink(db);

        assertThat(house.hello().withRevision(before.revision())).isEqualTo(before);
        assertThat(house.scheduler.attached(before.id())).isEmpty();
        assertThat(links.linked(db)).isEmpty();
        assertThatThrownBy(() -> unlink(db)).isInstanceOf(UserError.class).hasMessage("Not linked to app hello");
    }

    @Test
    void whereTheUsualVariableIsTakenAColorNamesIt() throws Exception {
        link(db);
        assertThat(link(house.create("second"))).isEqualTo(AQUA);
        assertThat(link(house.create("third"))).isEqualTo(BLACK);
        unlink(house.services.get(house.datastore, hokku.api.ServiceName.of("second")));
        assertThat(link(house.create("fourth"))).isEqualTo(AQUA);
    }

    @Test
    void aVariableOfTheAppOrOfTheServerTakesTheUsualName() throws Exception {
        set("DATABASE_URL");
        assertThat(link(db)).isEqualTo(AQUA);
        unlink(db);
        set("OTHER");
        house.apps.setGlobal(new Global(Env.EMPTY.with("DATABASE_URL", "x"), Map.of(), List.of()));
        assertThat(link(db)).isEqualTo(AQUA);
    }

    @Test
    void afterAllColorsThereMustBeAnAlias() throws Exception {
        for (int i = 0; i < 17; i++) {
            link(house.create("db" + i));
        }
        assertThatThrownBy(() -> link(db)).isInstanceOf(UserError.class).hasMessageContaining("--alias");
        assertThat(link(db, Optional.of("blue_database"), "")).isEqualTo(EnvKey.of("BLUE_DATABASE_URL"));
    }

    @Test
    void aTakenAliasIsRefused() throws Exception {
        set("MINE_URL");
        assertThatThrownBy(() -> link(db, Optional.of("mine"), "")).isInstanceOf(UserError.class).hasMessageContaining("MINE_URL is set already");
        assertThatThrownBy(() -> link(db, Optional.of("not a name"), "")).isInstanceOf(UserError.class);
        assertThat(house.hello().links()).isEmpty();
        assertThat(house.scheduler.attached(house.hello().id())).isEmpty();
    }

    @Test
    void aQueryStandsBehindTheAddress() throws Exception {
        link(db, Optional.empty(), "pool=5&sslmode=disable");
        assertThat(house.provided()).containsEntry(USUAL, address(db) + "?pool=5&sslmode=disable");
    }

    @Test
    void nothingIsLinkedTwiceNorToWhatDoesNotRun() throws Exception {
        link(db);
        assertThatThrownBy(() -> link(db)).isInstanceOf(UserError.class).hasMessage("Already linked as DATABASE_URL");
        Service stopped = house.create("stopped");
        house.services.stop(house.datastore, stopped.name());
        assertThatThrownBy(() -> link(house.get(stopped.name()))).isInstanceOf(UserError.class).hasMessageContaining("postgres:start stopped");
    }

    @Test
    void anAppThatCannotFollowIsNotLinkedAndDoesNotReachTheService() throws Exception {
        house.apps.failWith(new UserError("the new containers do not come up"));
        assertThatThrownBy(() -> link(db)).isInstanceOf(UserError.class).hasMessageContaining("do not come up");
        assertThat(house.hello().links()).isEmpty();
        assertThat(house.scheduler.attached(house.hello().id())).isEmpty();
    }

    @Test
    void anAppThatCannotFollowStaysLinkedAndReachesTheService() throws Exception {
        link(db);
        house.apps.failWith(new UserError("the new containers do not come up"));
        assertThatThrownBy(() -> unlink(db)).isInstanceOf(UserError.class);
        assertThat(house.provided()).containsKey(USUAL);
        assertThat(house.scheduler.attached(house.hello().id())).isNotEmpty();
    }

    @Test
    void withoutRestartTheVariableWaitsForTheNextOne() throws Exception {
        links.link(house.datastore, db, HELLO, Optional.empty(), "", Apps.Restart.NEVER, house.out);
        assertThat(house.apps.calls()).containsExactly("change hello without restart");
    }

    @Test
    void aPromotedServiceChangesVariablesWithTheFormer() throws Exception {
        link(db);
        Service second = house.create("second");
        link(second);

        links.promote(house.datastore, second, HELLO, house.out);

        assertThat(house.provided()).containsEntry(USUAL, address(second)).containsEntry(BLACK, address(db)).hasSize(2);
        assertThatThrownBy(() -> links.promote(house.datastore, second, HELLO, house.out)).isInstanceOf(UserError.class)
                .hasMessage("Service second already promoted as DATABASE_URL");
    }

    @Test
    void aServiceIsNotPromotedOverWhatTheUserSet() throws Exception {
        set("DATABASE_URL");
        link(db);
        assertThatThrownBy(() -> links.promote(house.datastore, db, HELLO, house.out)).isInstanceOf(UserError.class)
                .hasMessageContaining("config:unset hello DATABASE_URL");
        assertThat(house.provided()).containsOnlyKeys(AQUA);
        assertThatThrownBy(() -> links.promote(house.datastore, house.create("new"), HELLO, house.out)).isInstanceOf(UserError.class)
                .hasMessage("Not linked to app hello");
    }

    @Test
    void aChangedAddressComesToTheAppsWithItsQuery() throws Exception {
        link(db, Optional.of("mine"), "a=b");
        Service changed = house.services.set(house.datastore, DB, service -> service.withPasswords("new", "new"));

        links.refresh(house.datastore, changed, house.out);

        assertThat(house.provided()).isEqualTo(Map.of(EnvKey.of("MINE_URL"), address(changed) + "?a=b"));
    }

    @Test
    void servicesOfSeveralDatastoresStandSideBySide() throws Exception {
        FakeDatastore redis = new FakeDatastore("redis");
        Service cache = house.create(redis, "db");
        link(db);
        assertThat(links.link(redis, cache, HELLO, Optional.empty(), "", Apps.Restart.IF_NEEDED, house.out)).isEqualTo(EnvKey.of("DOKKU_REDIS_AQUA_URL"));
        assertThat(house.scheduler.attached(house.hello().id()).values()).containsExactlyInAnyOrder(List.of("dokku-postgres-db"), List.of("dokku-redis-db"));
    }

    @Test
    void beforeADeployEveryLinkedServiceIsWithinReach() throws Exception {
        link(db);
        house.scheduler.detach(house.hello(), house.containers.demand(db));
        house.networks.reach(house.scheduler, house.hello());
        assertThat(house.scheduler.attached(house.hello().id())).containsKey(house.containers.demand(db));
    }

    @Test
    void aLinkToWhatIsNoMoreIsToldBeforeADeploy() throws Exception {
        link(db);
        house.files.remove(db);
        assertThatThrownBy(() -> house.networks.reach(house.scheduler, house.hello())).isInstanceOf(UserError.class)
                .hasMessageContaining("hello").hasMessageContaining("DATABASE_URL").hasMessageContaining("postgres:unlink");
    }
}
