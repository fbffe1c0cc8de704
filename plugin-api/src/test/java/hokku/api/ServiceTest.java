package hokku.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Services, their names, and what apps get of them.
class ServiceTest {
    private static final EnvKey USUAL = EnvKey.of("DATABASE_URL");

    private static Service service(String name) {
        return Service.create("postgres", ServiceName.of(name), ServiceId.random(), "registry:5000/postgres:17", "volume", "secret", Instant.EPOCH);
    }

    private static Link link(String variable, String address) {
        return new Link("postgres", ServiceId.random(), EnvKey.of(variable), "", address);
    }

    private static App app() {
        return App.create(AppName.of("hello"), AppId.random(), Instant.EPOCH, Global.EMPTY);
    }

    @Test
    void aNameIsSafeInCommandsFoldersAndHosts() {
        assertThat(ServiceName.of("my-db_2").value()).isEqualTo("my-db_2");
        assertThat(ServiceName.of("a".repeat(ServiceName.MAX_LENGTH))).isGreaterThan(ServiceName.of("a"));
        for (String wrong : List.of("", "a".repeat(ServiceName.MAX_LENGTH + 1), "Db", "-db", "db-", "a--b", "a b", "../x", "a/b", "a.b", "ä", "a\nb", "db\n", "$(x)", "--force")) {
            assertThatThrownBy(() -> ServiceName.of(wrong)).as(wrong).isInstanceOf(UserError.class).hasMessageNotContaining("\n");
        }
    }

    @Test
    void anIdIsSixteenDigitsAndNeverTheSame() {
        assertThat(ServiceId.random().value()).matches("[0-9a-f]{16}");
        assertThat(ServiceId.random()).isNotEqualTo(ServiceId.random());
        assertThatThrownBy(() -> ServiceId.of("../x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void hostAndDatabaseFollowFromTheNameUnlessTheyAreKept() {
        Service service = service("my_db-1");
        assertThat(service.host()).isEqualTo("dokku-postgres-my-db-1");
        assertThat(service.database()).isEqualTo("my_db_1");
        Service renamed = service.withSetting(Service.HOST, service.host()).withSetting(Service.DATABASE, service.database()).withName(ServiceName.of("new"));
        assertThat(renamed.host()).isEqualTo(service.host());
        assertThat(renamed.database()).isEqualTo(service.database());
        assertThat(renamed.withSetting(Service.HOST, "").host()).isEqualTo("dokku-postgres-new");
    }

    @Test
    void theVersionStandsBehindTheImagesName() {
        assertThat(service("db").version()).isEqualTo("17");
        assertThat(service("db").withImage("registry:5000/postgres", "v").version()).isEqualTo("latest");
        assertThat(service("db").withImage("postgres", "v").version()).isEqualTo("latest");
        assertThat(service("db").withImage("postgres:17-alpine", "v").version()).isEqualTo("17-alpine");
    }

    @Test
    void nothingSecretIsPrinted() {
        assertThat(service("db").withSetting("key", "hidden").toString()).contains("db").doesNotContain("secret").doesNotContain("hidden");
        assertThat(link("A", "postgres://:secret@x").toString()).contains(" as A").doesNotContain("secret");
        assertThat(app().withLinks(List.of(link("A", "postgres://:secret@x"))).toString()).doesNotContain("secret");
    }

    @Test
    void aServiceCannotBeChangedFromOutside() {
        Service service = service("db").withSetting("a", "1");
        assertThatThrownBy(() -> service.settings().put("b", "2")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> service.options().add("x")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> app().links().add(link("A", "x"))).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void whatServicesProvideIsStrongerThanTheServersVariablesAndWeakerThanTheApps() {
        Global global = new Global(Env.of(Map.of("DATABASE_URL", "global", "G", "global")), Map.of(), List.of());
        App linked = app().withGlobal(global).withLinks(List.of(link("DATABASE_URL", "one"), link("OTHER_URL", "two")));

        assertThat(linked.provided().asMap()).isEqualTo(Map.of(USUAL, "one", EnvKey.of("OTHER_URL"), "two"));
        assertThat(linked.runtimeEnv().asMap()).isEqualTo(Map.of(USUAL, "one", EnvKey.of("OTHER_URL"), "two", EnvKey.of("G"), "global"));
        assertThat(linked.withEnv(Env.EMPTY.with(USUAL, "mine")).runtimeEnv().get(USUAL)).contains("mine");
        assertThat(linked.withLinks(List.of()).runtimeEnv().get(USUAL)).contains("global");
        assertThat(linked.env().isEmpty()).isTrue();
    }

    @Test
    void aLinkChangesOnlyWhatItIsToldTo() {
        Link link = link("A", "x");
        assertThat(link.withVariable(USUAL).withVariable(link.variable())).isEqualTo(link);
        assertThat(link.withAddress("y").address()).isEqualTo("y");
    }
}
