package hokku.core.datastore;

import static hokku.core.datastore.ServiceHouse.DB;
import static hokku.core.datastore.ServiceHouse.HELLO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Apps;
import hokku.api.Env;
import hokku.api.Service;
import hokku.api.ServiceName;
import hokku.api.UserError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the commands of datastores do.
class ServicesTest {
    private static final ServiceName OTHER = ServiceName.of("other");

    @TempDir
    private Path folder;
    private ServiceHouse house;
    private Services services;

    @BeforeEach
    void build() throws Exception {
        house = new ServiceHouse(folder);
        services = house.services;
    }

    @Test
    void aServiceIsThereOnceItAcceptsConnections() throws Exception {
        Service made = house.create("db");

        assertThat(services.list(house.datastore)).containsExactly(made);
        assertThat(services.state(made)).isEqualTo("running");
        assertThat(made.password()).matches("[0-9a-f]{32}");
        assertThat(made.volume()).isEqualTo("hokku-postgres-" + made.id());
        assertThat(house.create("second").password()).isNotEqualTo(made.password());
    }

    @Test
    void whatDoesNotComeUpLeavesNothing() throws Exception {
        house.containers.ready(service -> false);
        assertThatThrownBy(() -> house.create("db")).isInstanceOf(UserError.class).hasMessageContaining("ended");
        house.containers.missing("postgres:1");
        assertThatThrownBy(() -> house.create("db")).isInstanceOf(UserError.class).hasMessageContaining("postgres:1");

        assertThat(services.exists(house.datastore, DB)).isFalse();
        assertThat(house.containers.all()).isEmpty();
        assertThat(house.containers.volumes()).isEmpty();
    }

    @Test
    void aServiceWhoseFileCannotBeWrittenLeavesNothing() throws Exception {
        Path inTheWay = house.home.service("postgres", DB);
        Files.createDirectories(inTheWay.getParent());
        Files.writeString(inTheWay, "");

        assertThatThrownBy(() -> house.create("db")).isInstanceOf(UserError.class).hasMessageContaining("could not write");

        assertThat(house.containers.all()).isEmpty();
        assertThat(house.containers.volumes()).isEmpty();
    }

    @Test
    void aNameIsGivenOnceForEachDatastore() throws Exception {
        Service made = house.create("db");
        assertThatThrownBy(() -> house.create("db")).isInstanceOf(UserError.class).hasMessage("Postgres service db already exists");
        house.create(new hokku.testkit.FakeDatastore("redis"), "db");

        assertThat(services.list(house.datastore)).containsExactly(made);
        assertThatThrownBy(() -> services.get(house.datastore, OTHER)).isInstanceOf(UserError.class).hasMessageContaining("service other does not exist");
    }

    @Test
    void aDestroyedServiceIsGoneWithItsData() throws Exception {
        Service made = house.create("db");
        Path kept = Files.writeString(services.folder(made).resolve("kept"), "x");

        services.destroy(house.datastore, DB);

        assertThat(services.exists(house.datastore, DB)).isFalse();
        assertThat(kept.getParent()).doesNotExist();
        assertThat(house.containers.all()).isEmpty();
        assertThat(house.containers.volumes()).isEmpty();
        assertThat(house.create("db").id()).isNotEqualTo(made.id());
    }

    @Test
    void aLinkedServiceIsNotDestroyed() throws Exception {
        Service made = house.create("db");
        link(made);

        assertThatThrownBy(() -> services.destroy(house.datastore, DB)).isInstanceOf(UserError.class).hasMessageContaining("linked").hasMessageContaining("hello");

        assertThat(services.state(made)).isEqualTo("running");
        assertThat(house.containers.volumes()).containsExactly(made.volume());
    }

    private void link(Service service) throws InterruptedException {
        services.links().link(house.datastore, service, HELLO, Optional.empty(), "", Apps.Restart.IF_NEEDED, house.out);
    }

    @Test
    void aRenameLeavesAddressAndLinksAsTheyAre() throws Exception {
        Service made = house.create("my-db");
        house.put(made, "a");
        link(made);
        String address = house.datastore.address(made, made.host(), 1);

        Service renamed = services.rename(house.datastore, ServiceName.of("my-db"), OTHER);

        assertThat(house.datastore.address(renamed, renamed.host(), 1)).isEqualTo(address);
        assertThat(services.get(house.datastore, OTHER)).isEqualTo(renamed);
        assertThat(services.list(house.datastore)).containsExactly(renamed);
        assertThat(services.links().linked(renamed)).extracting(app -> app.name()).containsExactly(HELLO);
        assertThat(house.containers.volume(renamed).data()).containsKey("a");
        assertThat(house.apps.calls()).containsExactly("change hello");
    }

    @Test
    void aNewServiceOfAFormerNameGetsAHostOfItsOwn() throws Exception {
        Service first = house.create("db");
        services.rename(house.datastore, DB, OTHER);

        Service second = house.create("db");

        assertThat(second.host()).startsWith("dokku-postgres-db-").isNotEqualTo(first.host());
    }

    @Test
    void noServiceIsRenamedToAnother() throws Exception {
        house.create("db");
        house.create("other");
        assertThatThrownBy(() -> services.rename(house.datastore, DB, OTHER)).isInstanceOf(UserError.class).hasMessageContaining("already exists");
        assertThatThrownBy(() -> services.rename(house.datastore, ServiceName.of("none"), ServiceName.of("new"))).isInstanceOf(UserError.class);
        assertThat(services.list(house.datastore)).extracting(Service::name).containsExactly(DB, OTHER);
    }

    @Test
    void aCopyHasTheDataAndAPasswordOfItsOwn() throws Exception {
        Service made = services.create(house.datastore, DB, new Services.Wish("postgres:1", service -> service.withOptions(List.of("-c", "a=b"), Env.EMPTY)), house.out);
        house.put(made, "a");

        Service copy = services.copy(house.datastore, DB, OTHER, new Services.Wish("postgres:1", UnaryOperator.identity()), house.out);

        assertThat(house.containers.volume(copy).data()).containsKey("a");
        assertThat(copy.password()).isNotEqualTo(made.password());
        assertThat(copy.options()).isEqualTo(made.options());
        assertThat(copy.id()).isNotEqualTo(made.id());
        house.put(copy, "b");
        assertThat(house.containers.volume(made).data()).doesNotContainKey("b");
    }

    @Test
    void aCopyThatFailsLeavesNothing() throws Exception {
        Service made = house.create("db");
        house.containers.volume(made).fail(Optional.of("out of memory"));

        assertThatThrownBy(() -> services.copy(house.datastore, DB, OTHER, new Services.Wish("postgres:1", UnaryOperator.identity()), house.out))
                .isInstanceOf(UserError.class);

        assertThat(services.list(house.datastore)).containsExactly(made);
        assertThat(house.containers.volumes()).containsExactly(made.volume());
    }

    @Test
    void aStoppedServiceStaysSoUntilItIsStarted() throws Exception {
        Service made = house.create("db");
        house.put(made, "a");
        services.stop(house.datastore, DB);
        house.watch.run();
        assertThat(services.state(made)).isEqualTo("exited");
        assertThatThrownBy(() -> services.dump(house.datastore, made, new ByteArrayOutputStream())).isInstanceOf(UserError.class)
                .hasMessageContaining("postgres:start db");

        services.start(house.datastore, DB, house.out);

        assertThat(services.state(made)).isEqualTo("running");
        assertThat(house.containers.volume(made).data()).containsKey("a");
    }

    @Test
    void aServiceThatWasLostIsBroughtBackWithItsDataAndItsLinks() throws Exception {
        Service made = house.create("db");
        house.put(made, "a");
        link(made);
        house.containers.lose(made);

        house.watch.run();

        assertThat(services.state(made)).isEqualTo("running");
        assertThat(house.containers.volume(made).data()).containsKey("a");
        assertThat(house.scheduler.attached(house.hello().id())).containsEntry(house.containers.demand(made), List.of("dokku-postgres-db"));
    }

    @Test
    void aServiceThatDoesNotComeBackHindersNoOther() throws Exception {
        Service first = house.create("a");
        Service second = house.create("b");
        house.containers.kill(first);
        house.containers.kill(second);
        house.containers.ready(service -> !service.name().equals(first.name()));

        house.watch.run();

        assertThat(services.state(first)).isEqualTo("exited");
        assertThat(services.state(second)).isEqualTo("running");
    }

    @Test
    void aPausedServiceStaysSoUntilItIsStarted() throws Exception {
        Service made = house.create("db");
        services.pause(house.datastore, DB);
        house.watch.run();
        assertThat(services.state(made)).isEqualTo("paused");
        services.start(house.datastore, DB, house.out);
        assertThat(services.state(made)).isEqualTo("running");
    }

    @Test
    void aChangeReplacesTheContainerAndLinkedAppsReachTheNewOne() throws Exception {
        Service made = house.create("db");
        link(made);
        String former = house.containers.demand(made);

        Service changed = services.change(house.datastore, DB, service -> service.withOptions(List.of("-c", "x=1"), Env.EMPTY), house.out);

        assertThat(house.get(DB)).isEqualTo(changed);
        assertThat(house.containers.options(changed)).containsExactly("-c", "x=1");
        assertThat(house.containers.demand(changed)).isNotEqualTo(former);
        assertThat(house.scheduler.attached(house.hello().id())).containsKey(house.containers.demand(changed));
    }

    @Test
    void aChangeThatDoesNotComeUpIsTakenBack() throws Exception {
        Service made = house.create("db");
        house.put(made, "a");
        house.containers.ready(service -> service.options().isEmpty());

        assertThatThrownBy(() -> services.change(house.datastore, DB, service -> service.withOptions(List.of("--wrong"), Env.EMPTY), house.out))
                .isInstanceOf(UserError.class).hasMessageContaining("ended");

        assertThat(house.get(DB)).isEqualTo(made);
        assertThat(services.state(made)).isEqualTo("running");
        assertThat(house.containers.options(made)).isEmpty();
        assertThat(house.containers.volume(made).data()).containsKey("a");
    }

    @Test
    void aWrongDumpLeavesTheData() throws Exception {
        Service made = house.create("db");
        house.put(made, "a");
        assertThatThrownBy(() -> services.restore(house.datastore, made, new ByteArrayInputStream("x".getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(UserError.class).hasMessageContaining("no dump");
        assertThat(house.containers.volume(made).data()).containsKey("a");
    }
}
