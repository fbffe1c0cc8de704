package hokku.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Endpoint;
import hokku.api.Global;
import hokku.api.PortMapping;
import hokku.api.Route;
import hokku.api.UserError;
import hokku.api.hook.AppEvent;
import hokku.api.spi.Proxy.Change;
import hokku.testkit.RecordingSession;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the proxy does with a real nginx, beyond the contract.
final class NginxPluginIT extends NginxFixture {
    @Test
    void newAddressesNeedNoReload() throws Exception {
        commit(route(app, "hello.test", container("one")));
        Set<Long> workers = workers();
        commit(route(app, "hello.test", container("two"), container("two")));
        assertThat(get("hello.test", "/").body()).isEqualTo("two");
        assertThat(workers()).isEqualTo(workers);
    }

    @Test
    void whatNginxRefusesIsRefusedWithItsWordsAndTheFormerRouteStays() throws Exception {
        commit(route(app, "hello.test", container("one")));
        App bad = with(app, "proxy-busy-buffers-size", "900m");
        assertThatThrownBy(() -> prepare(route(bad, "hello.test", container("two")))).isInstanceOf(UserError.class)
                .hasMessageContaining("app hello").hasMessageContaining("proxy_busy_buffers_size")
                .hasMessageNotContaining(home.toString());
        App unknown = with(other, "x-forwarded-for-value", "$no_such_variable");
        assertThatThrownBy(() -> prepare(route(unknown, "other.test"))).isInstanceOf(UserError.class).hasMessageContaining("no_such_variable");
        assertThat(get("hello.test", "/").body()).isEqualTo("one");
        commit(route(with(app, "client-max-body-size", "2m"), "hello.test", container("three")));
        assertThat(get("hello.test", "/").body()).isEqualTo("three");
        assertThat(nginx.folder().resolve("logs/other-access.log")).doesNotExist();
    }

    @Test
    void aPortOfAnotherProgramIsRefused() throws Exception {
        commit(route(app, "hello.test", container("one")));
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThatThrownBy(() -> prepare(route(other, "other.test").withPorts(List.of(PortMapping.of("http", taken.getLocalPort(), 5000)))))
                    .isInstanceOf(UserError.class).hasMessageContaining("Port " + taken.getLocalPort());
        }
    }

    @Test
    void aPortThatIsTakenAfterTheValidationLeavesTheFormerRoute() throws Exception {
        commit(route(app, "hello.test", container("one")));
        int port = TestNginx.freePort();
        Change change = prepare(route(app, "hello.test", container("two")).withPorts(List.of(PortMapping.of("http", port, 5000))));
        String before = Files.readString(nginx.folder().resolve("apps/hello.conf"));
        try (ServerSocket taken = new ServerSocket(port)) {
            assertThat(taken.isBound()).isTrue();
            assertThatThrownBy(change::commit).isInstanceOf(UserError.class).hasMessageContaining(String.valueOf(port));
        }
        assertThat(get("hello.test", "/").body()).isEqualTo("one");
        assertThat(nginx.folder().resolve("apps/hello.conf")).hasContent(before);
        commit(route(app, "hello.test", container("three")));
        assertThat(get("hello.test", "/").body()).isEqualTo("three");
    }

    @Test
    void aKilledNginxComesBackWithTheNextCommit() throws Exception {
        commit(route(other, "other.test", container("other")));
        Route route = route(app, "hello.test", container("one"));
        commit(route);
        nginx.close();
        commit(route);
        assertThat(get("hello.test", "/").body()).isEqualTo("one");
        nginx.close();
        commit(route(app, "hello.test", container("two")));
        assertThat(get("hello.test", "/").body()).isEqualTo("two");
        assertThat(get("other.test", "/").body()).isEqualTo("other");
    }

    @Test
    void nginxOutlivesTheServerAndIsTakenUpAgain() throws Exception {
        commit(route(app, "hello.test", container("one")));
        long master = nginx.master().orElseThrow().pid();
        Set<Long> workers = workers();
        nginx = TestNginx.load(home, nginx.port);
        assertThat(nginx.proxy().routed()).containsExactly(AppName.of("hello"));
        commit(route(app, "hello.test", container("two")));
        assertThat(get("hello.test", "/").body()).isEqualTo("two");
        assertThat(nginx.master().orElseThrow().pid()).isEqualTo(master);
        assertThat(workers()).isEqualTo(workers);
    }

    @Test
    void oneBadFileAtTheStartStopsNobodyElse() throws Exception {
        commit(route(app, "hello.test", container("one")));
        commit(route(other, "other.test", container("other")));
        nginx.close();
        Path file = nginx.folder().resolve("apps/other.conf");
        Files.writeString(file, Files.readString(file).replace("send_timeout", "no_such_directive"));
        Files.writeString(nginx.folder().resolve("apps/stranger.conf"), "server { }");
        nginx = TestNginx.load(home, nginx.port);
        assertThat(get("hello.test", "/").body()).isEqualTo("one");
        assertThat(nginx.proxy().routed()).containsExactly(AppName.of("hello"));
        commit(route(other, "other.test", container("again")));
        assertThat(get("other.test", "/").body()).isEqualTo("again");
    }

    @Test
    void whatACrashLeftIsTidiedUpAndServed() throws Exception {
        commit(route(app, "hello.test", container("one")));
        commit(route(other, "other.test", container("other")));
        // The server died after it had removed a file and before nginx knew.
        Files.delete(nginx.folder().resolve("apps/other.conf"));
        Files.writeString(nginx.folder().resolve("apps/.hello.conf.new"), "half a fi");
        prepare(route(app, "hello.test", container("never live")));
        try (Stream<Path> sets = Files.list(nginx.folder().resolve("live/hello"))) {
            for (Path set : sets.filter(each -> Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)).toList()) {
                Files.setLastModifiedTime(set, FileTime.from(Instant.now().minusSeconds(600)));
            }
        }
        nginx = TestNginx.load(home, nginx.port);
        assertThat(get("other.test", "/").status()).isEqualTo(404);
        assertThat(get("hello.test", "/").body()).isEqualTo("one");
        assertThat(nginx.folder().resolve("apps")).isDirectoryNotContaining("glob:**.new");
        assertThat(nginx.folder().resolve("live/other")).doesNotExist();
        try (Stream<Path> sets = Files.list(nginx.folder().resolve("live/hello"))) {
            assertThat(sets.count()).as("the link and its set").isEqualTo(2);
        }
    }

    @Test
    void manyAppsAtOnceShareReloads() throws Exception {
        commit(route(app, "hello.test", container("one")));
        Endpoint shared = container("shared");
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            App each = App.create(AppName.of("app-" + i), AppId.random(), Instant.EPOCH, Global.EMPTY);
            changes.add(prepare(route(each, "app-" + i + ".test", shared)));
        }
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> commits = new ArrayList<>();
            for (Change each : changes) {
                commits.add(threads.submit(() -> {
                    each.commit();
                    return true;
                }));
            }
            for (Future<?> each : commits) {
                each.get();
            }
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).as("thirty reloads take much longer").isLessThan(Duration.ofSeconds(10));
        for (int i = 0; i < 30; i++) {
            assertThat(get("app-" + i + ".test", "/").body()).isEqualTo("shared");
        }
    }

    @Test
    void appsThatAreNotForHttpHaveNoRoute() throws Exception {
        commit(route(app, "hello.test", container("one")));
        commit(route(app, "hello.test", container("one")).withPorts(List.of(PortMapping.of("udp", 53, 53))));
        assertThat(nginx.proxy().routed()).isEmpty();
        assertThat(out.text()).contains("udp:53:53");
        assertThat(get("hello.test", "/").status()).isEqualTo(404);
    }

    @Test
    void commandsShowConfigurationAndLogs() throws Exception {
        RecordingSession session = new RecordingSession();
        assertThatThrownBy(() -> nginx.contributions.run(session, "nginx:show-config", "hello")).isInstanceOf(UserError.class)
                .hasMessage("No nginx.conf exists for hello");
        assertThatThrownBy(() -> nginx.contributions.run(session, "nginx:validate-config", "hello")).isInstanceOf(UserError.class)
                .hasMessage("No nginx.conf exists for hello");
        commit(route(app, "hello.test", container("one")));
        get("hello.test", "/some/path");
        nginx.contributions.run(session, "nginx:show-config", "hello");
        assertThat(session.printed()).contains("server_name hello.test;");
        nginx.contributions.run(session, "nginx:validate-config");
        nginx.contributions.run(session, "nginx:reload");
        await().untilAsserted(() -> {
            nginx.contributions.run(session, "nginx:access-logs", "hello");
            assertThat(session.printed()).contains("GET /some/path");
        });
        nginx.contributions.run(session, "nginx:error-logs", "hello");
        assertThat(nginx.contributions.reports().getFirst().fields(app)).containsEntry("running", "true").containsKey("last-visited-at");
    }

    @Test
    void aLogIsFollowedAcrossItsRotation() throws Exception {
        commit(route(app, "hello.test", container("one")));
        RecordingSession session = new RecordingSession();
        Thread follower = Thread.ofVirtual().start(() -> {
            try {
                nginx.contributions.run(session, "nginx:access-logs", "hello", "-t");
            } catch (Exception ended) {
                Thread.currentThread().interrupt();
            }
        });
        get("hello.test", "/first");
        await().until(() -> session.printed().contains("GET /first"));
        Path log = nginx.folder().resolve("logs/hello-access.log");
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
            file.seek(Logs.LARGEST);
            file.write('\n');
        }
        nginx.contributions.jobs().getFirst().run();
        await().until(() -> Files.exists(log) && Files.size(log) < 1000);
        get("hello.test", "/second");
        await().until(() -> session.printed().contains("GET /second"));
        follower.interrupt();
        follower.join(Duration.ofSeconds(10));
        assertThat(follower.isAlive()).isFalse();
        nginx.contributions.listeners().getFirst().accept(new AppEvent.Destroyed(app.name(), app.id()));
        try (Stream<Path> logs = Files.list(nginx.folder().resolve("logs"))) {
            assertThat(logs.filter(each -> each.getFileName().toString().startsWith("hello-"))).isEmpty();
        }
    }

    @Test
    void aRenamedAppKeepsItsLogsAndWhoeverIsLedByItsFormerNameIsServed() throws Exception {
        Endpoint container = container("one");
        commit(route(app, "hello.test", container));
        get("hello.test", "/before");
        App renamed = app.withName(AppName.of("renamed"));
        prepare(route(renamed, "hello.test", container)).discard();
        commit(route(renamed, "hello.test", container));
        get("hello.test", "/after");
        RecordingSession session = new RecordingSession();
        await().untilAsserted(() -> {
            nginx.contributions.run(session, "nginx:access-logs", "renamed");
            assertThat(session.printed()).contains("GET /before", "GET /after");
        });
        nginx.contributions.listeners().getFirst().accept(new AppEvent.Renamed(renamed.name(), app.id(), app.name()));
        assertThat(nginx.folder().resolve("logs/hello-access.log")).doesNotExist();
        assertThat(nginx.folder().resolve("logs/renamed-access.log")).isNotEmptyFile();
        assertThat(nginx.folder().resolve("live/hello")).as("for workers that end").exists();
        commit(route(other, "other.test", container));
        commit(route(app.withName(AppName.of("hello")), "hello.test", container));
        assertThat(nginx.proxy().routed()).containsExactlyInAnyOrder(AppName.of("hello"), AppName.of("other"));
    }

    private Set<Long> workers() throws IOException {
        return nginx.master().orElseThrow().children().map(ProcessHandle::pid).collect(Collectors.toSet());
    }
}
