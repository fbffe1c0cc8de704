package hokku.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Domain;
import hokku.api.Endpoint;
import hokku.api.Global;
import hokku.api.PortMapping;
import hokku.api.ProcessType;
import hokku.api.Route;
import hokku.api.Setting;
import hokku.api.UserError;
import hokku.api.hook.AppEvent;
import hokku.api.spi.Proxy.Change;
import hokku.testkit.RecordingOutput;
import hokku.testkit.RecordingSession;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the proxy does with a real nginx, beyond the contract.
final class NginxPluginIT {
    private final App app = App.create(AppName.of("hello"), AppId.random(), Instant.EPOCH, Global.EMPTY);
    private final App other = App.create(AppName.of("other"), AppId.random(), Instant.EPOCH, Global.EMPTY);
    private final List<Container> containers = new ArrayList<>();
    private final RecordingOutput out = new RecordingOutput();
    private Path home;
    private TestNginx nginx;

    @BeforeEach
    void load(@TempDir Path folder) throws Exception {
        home = folder;
        nginx = TestNginx.load(home);
    }

    @AfterEach
    void end() throws Exception {
        nginx.close();
        containers.forEach(Container::close);
    }

    private Endpoint container(String answer) {
        Container container = new Container(answer);
        containers.add(container);
        return container.endpoint();
    }

    private Route route(App which, String domain, Endpoint... endpoints) {
        return Route.of(which, List.of(Domain.of(domain)), List.of(PortMapping.of("http", nginx.port, 5000)), List.of(endpoints));
    }

    private Change prepare(Route route) throws Exception {
        return nginx.proxy().prepare(route, out);
    }

    private Change commit(Route route) throws Exception {
        Change change = prepare(route);
        change.commit();
        return change;
    }

    private App with(App which, String key, String value) {
        Setting<?> setting = nginx.contributions.settings().stream().filter(each -> each.key().equals(key)).findFirst().orElseThrow();
        return which.withSetting(setting, value);
    }

    private Client.Answer get(String host, String path) throws IOException {
        return Client.get(nginx.port, host, path);
    }

    private static Endpoint closedPort() throws IOException {
        return Endpoint.of(ProcessType.WEB, 1, 5000, "127.0.0.1", TestNginx.freePort());
    }

    @Test
    void pagesOfNginxSayNothingOfWhatIsInside() throws Exception {
        Endpoint gone = closedPort();
        commit(route(app, "hello.test", gone));
        Client.Answer unknown = get("unknown.test", "/");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.body()).contains("There is nothing at this address");
        Client.Answer down = get("hello.test", "/");
        assertThat(down.status()).isEqualTo(502);
        assertThat(down.body()).contains("does not answer at the moment");
        assertThat(Stream.of(unknown, down)).allSatisfy(answer -> assertThat(answer.head() + answer.body())
                .doesNotContain(String.valueOf(gone.port())).doesNotContain("1.22").doesNotContain("hello"));
    }

    @Test
    void aContainerThatDoesNotAnswerInTimeGetsAPageOfItsOwn() throws Exception {
        Container slow = new Container("late").slow(5000);
        containers.add(slow);
        commit(route(with(app, "proxy-read-timeout", "300ms"), "hello.test", slow.endpoint()));
        Client.Answer late = get("hello.test", "/");
        assertThat(late.status()).isEqualTo(504);
        assertThat(late.body()).contains("took too long");
    }

    @Test
    void requestsReachTheContainerAsTheyWereSent() throws Exception {
        commit(route(app, "hello.test", container("one")));
        try (Client client = new Client(nginx.port)) {
            assertThat(client.send("POST", "hello.test", "/echo?a=b%20c&d=%2F", "some body", "").body())
                    .isEqualTo("POST /echo?a=b%20c&d=%2F some body");
            String headers = client.send("GET", "hello.test:" + nginx.port, "/headers", "", "X-Forwarded-For: 6.6.6.6\r\n").body();
            assertThat(headers).contains("Host: hello.test:" + nginx.port, "X-forwarded-for: 127.0.0.1", "X-forwarded-proto: http",
                    "X-forwarded-port: " + nginx.port, "X-real-ip: 127.0.0.1", "X-request-start: ", "X-request-id: ")
                    .doesNotContain("6.6.6.6");
        }
    }

    @Test
    void anAppThatIsBoundToOneAddressTakesNoRequestsOfOthersThere() throws Exception {
        commit(route(other, "other.test", container("other")));
        commit(route(with(app, "bind-address-ipv4", "127.0.0.1"), "hello.test", container("hello")));

        assertThat(get("hello.test", "/").body()).isEqualTo("hello");
        assertThat(get("other.test", "/").body()).isEqualTo("other");
        assertThat(get("unknown.test", "/").status()).isEqualTo(404);

        commit(route(app, "hello.test", container("hello again")));
        assertThat(get("hello.test", "/").body()).isEqualTo("hello again");
        assertThat(get("other.test", "/").body()).isEqualTo("other");
    }

    @Test
    void requestsAreSpreadOverAllContainersAndPassByOneThatIsGone() throws Exception {
        commit(route(app, "hello.test", container("one"), container("two"), closedPort()));
        Set<String> answers = new java.util.TreeSet<>();
        for (int i = 0; i < 60; i++) {
            try (Client client = new Client(nginx.port)) {
                answers.add(client.send("POST", "hello.test", "/", "body", "").body());
            }
        }
        assertThat(answers).containsExactly("one", "two");
    }

    @Test
    void aRequestThatAContainerHasTakenIsNotRepeated() throws Exception {
        try (ServerSocket rude = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            java.util.concurrent.atomic.AtomicInteger taken = new java.util.concurrent.atomic.AtomicInteger();
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        try (java.net.Socket socket = rude.accept()) {
                            socket.getInputStream().read();
                            taken.incrementAndGet();
                        }
                    }
                } catch (IOException closed) {
                    taken.get();
                }
            });
            commit(route(app, "hello.test", Endpoint.of(ProcessType.WEB, 1, 5000, "127.0.0.1", rude.getLocalPort())));
            try (Client client = new Client(nginx.port)) {
                assertThat(client.send("POST", "hello.test", "/", "body", "").status()).isEqualTo(502);
            }
            assertThat(taken).hasValue(1);
        }
    }

    @Test
    void aWebSocketHoldsUpTheEndOfItsContainerAndNothingElse() throws Exception {
        commit(route(app, "hello.test", container("old")));
        try (WebSocketContainer chat = new WebSocketContainer(); Client client = new Client(nginx.port)) {
            commit(route(app, "hello.test", chat.endpoint()));
            assertThat(client.send("GET", "hello.test", "/", "", "Upgrade: websocket\r\nConnection: Upgrade\r\n").status()).isEqualTo(101);
            commit(route(app, "hello.test", container("new")));
            assertThat(get("hello.test", "/").body()).isEqualTo("new");
            assertThat(nginx.proxy().awaitDrained(List.of(chat.endpoint()), Duration.ofMillis(600))).isFalse();
            client.socket().getOutputStream().write("still there".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            assertThat(client.socket().getInputStream().readNBytes(11)).asString().isEqualTo("still there");
            client.socket().close();
            assertThat(nginx.proxy().awaitDrained(List.of(chat.endpoint()), Duration.ofSeconds(20))).isTrue();
        }
    }

    @Test
    void newAddressesNeedNoReload() throws Exception {
        commit(route(app, "hello.test", container("one")));
        Set<Long> workers = workers();
        commit(route(app, "hello.test", container("two"), container("two")));
        assertThat(get("hello.test", "/").body()).isEqualTo("two");
        assertThat(workers()).isEqualTo(workers);
    }

    private Set<Long> workers() throws IOException {
        return nginx.master().orElseThrow().children().map(ProcessHandle::pid).collect(java.util.stream.Collectors.toSet());
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
    void anAppOnAPortOfItsOwnAnswersToItsNamesOnly() throws Exception {
        int port = TestNginx.freePort();
        commit(route(app, "hello.test", container("one")).withPorts(List.of(PortMapping.of("http", port, 5000))));
        assertThat(Client.get(port, "hello.test", "/").body()).isEqualTo("one");
        assertThat(Client.get(port, "unknown.test", "/").status()).isEqualTo(404);
        assertThat(get("hello.test", "/").status()).isEqualTo(404);
        nginx.proxy().unroute(AppName.of("hello"));
        assertThatThrownBy(() -> Client.get(port, "hello.test", "/")).isInstanceOf(IOException.class);
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
            for (Path set : sets.filter(each -> Files.isDirectory(each, java.nio.file.LinkOption.NOFOLLOW_LINKS)).toList()) {
                Files.setLastModifiedTime(set, java.nio.file.attribute.FileTime.from(Instant.now().minusSeconds(600)));
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
        try (java.io.RandomAccessFile file = new java.io.RandomAccessFile(log.toFile(), "rw")) {
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
}
