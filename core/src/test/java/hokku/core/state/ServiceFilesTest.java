package hokku.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Env;
import hokku.api.EnvKey;
import hokku.api.Global;
import hokku.api.Link;
import hokku.api.Service;
import hokku.api.ServiceId;
import hokku.api.ServiceName;
import hokku.api.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is kept of services, and of the links to them.
class ServiceFilesTest {
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    @TempDir
    private Path folder;
    private Home home;
    private ServiceFiles files;

    @BeforeEach
    void create() throws IOException {
        home = new Home(folder.resolve("home"));
        home.create();
        files = new ServiceFiles(home);
    }

    private static Service service(String datastore, String name) {
        return Service.create(datastore, ServiceName.of(name), ServiceId.random(), "postgres:17", "volume", "secret", NOW);
    }

    private Service stored(String datastore, String name) throws IOException {
        Service service = service(datastore, name);
        files.store(service);
        return service;
    }

    @Test
    void whatWasStoredIsReadAgainWithEverythingThatIsSet() throws IOException {
        Service bare = stored("postgres", "bare");
        Service full = service("postgres", "full").withPasswords("p@ss\"\\w\u00f6rd", "root").withOptions(List.of("-c", "a=b c"), Env.EMPTY.with("A", "x\ny"))
                .withLimits(OptionalLong.of(1 << 30), OptionalLong.of(64 << 20)).withNetworks(List.of("backend", "other"))
                .withExposed(List.of("127.0.0.1:5432", "20000")).withStopped(true).withSetting("schedule", "0 3 * * *").withSetting(Service.HOST, "former");
        files.store(full);

        assertThat(files.list("postgres")).containsExactly(bare, full);
        assertThat(files.find("postgres", full.id())).contains(full);
        assertThat(files.find("postgres", ServiceId.random())).isEmpty();
        assertThat(files.find("redis", full.name())).isEmpty();
    }

    @Test
    void onlyTheServerReadsIt() throws IOException {
        Path file = files.folder(stored("postgres", "db")).resolve("service.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent()))).isEqualTo("rwx------");
    }

    @Test
    void theServicesOfAllDatastoresAreListed() throws IOException {
        Service second = stored("redis", "a");
        Service first = stored("postgres", "z");
        assertThat(files.all()).containsExactly(first, second);
        assertThat(new ServiceFiles(new Home(folder.resolve("empty"))).all()).isEmpty();
    }

    @Test
    void aRenamedServiceTakesItsFolderAlong() throws IOException {
        Service before = stored("postgres", "db");
        Files.writeString(files.folder(before).resolve("kept"), "x");
        Service after = before.withName(ServiceName.of("other"));

        files.rename(before, after);

        assertThat(files.list("postgres")).containsExactly(after);
        assertThat(files.folder(after).resolve("kept")).hasContent("x");
    }

    @Test
    void whatWasRemovedIsGoneWithItsFolder() throws IOException {
        Service service = stored("postgres", "db");
        Files.createDirectories(files.folder(service).resolve("some/folder"));
        Files.writeString(files.folder(service).resolve("some/folder/file"), "x");
        Service other = stored("postgres", "other");

        files.remove(service);

        assertThat(files.list("postgres")).containsExactly(other);
        assertThat(files.folder(service)).doesNotExist();
        assertThat(home.trash()).isEmptyDirectory();
    }

    @Test
    void aBrokenFileIsToldWithItsPathAndHindersNoOtherService() throws IOException {
        Service broken = stored("postgres", "broken");
        Service whole = stored("postgres", "db");
        for (String content : List.of("", "{", "{}", "[]", "{\"id\": \"x\"}")) {
            Files.writeString(files.folder(broken).resolve("service.json"), content);
            assertThatThrownBy(() -> files.find("postgres", broken.name())).as(content).isInstanceOf(UserError.class).hasMessageContaining("service.json");
            assertThat(files.list("postgres")).as(content).containsExactly(whole);
            assertThat(files.find("postgres", whole.id())).contains(whole);
        }
    }

    @Test
    void foldersOfOthersAreNoServices() throws IOException {
        Service service = stored("postgres", "db");
        Files.createDirectories(home.services("postgres").resolve("Not A Name"));
        Files.createDirectories(home.services("postgres").resolve("empty"));
        Files.createDirectories(home.services("postgres").resolve(".hidden"));
        Files.writeString(home.services("postgres").resolve("file"), "x");
        assertThat(files.list("postgres")).containsExactly(service);
        assertThat(files.find("postgres", ServiceName.of("empty"))).isEmpty();
    }

    @Test
    void linksAreReadAgainAndAnEarlierFileHasNone() throws IOException {
        Link link = new Link("postgres", ServiceId.random(), EnvKey.of("DATABASE_URL"), "a=b", "postgres://x?a=b");
        App app = App.create(AppName.of("hello"), AppId.random(), NOW, Global.EMPTY);
        App linked = app.withLinks(List.of(link));

        assertThat(StateJson.toApp(app.name(), StateJson.fromApp(linked), Global.EMPTY)).isEqualTo(linked);
        var earlier = StateJson.fromApp(linked);
        earlier.remove("links");
        assertThat(StateJson.toApp(app.name(), earlier, Global.EMPTY)).isEqualTo(app);
        var broken = StateJson.fromApp(linked);
        ((com.fasterxml.jackson.databind.node.ObjectNode) broken.get("links").get(0)).remove("variable");
        assertThatThrownBy(() -> StateJson.toApp(app.name(), broken, Global.EMPTY)).isInstanceOf(IOException.class).hasMessageContaining("variable");
    }
}
