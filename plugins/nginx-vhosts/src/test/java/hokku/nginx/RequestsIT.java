package hokku.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.AppName;
import hokku.api.Endpoint;
import hokku.api.PortMapping;
import hokku.api.ProcessType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What becomes of requests on their way through a real nginx.
final class RequestsIT extends NginxFixture {
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
    void requestsAreSpreadOverAllContainersAndPassByOneThatIsGone() throws Exception {
        commit(route(app, "hello.test", container("one"), container("two"), closedPort()));
        Set<String> answers = new TreeSet<>();
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
            AtomicInteger taken = new AtomicInteger();
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        try (Socket socket = rude.accept()) {
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
    void aRequestThatAContainerHasTakenAndDoesNotAnswerIsNotRepeatedEither() throws Exception {
        Container slow = new Container("late").slow(5000);
        containers.add(slow);
        commit(route(with(app, "proxy-read-timeout", "300ms"), "hello.test", slow.endpoint()));
        try (Client client = new Client(nginx.port)) {
            assertThat(client.send("POST", "hello.test", "/", "body", "").status()).isEqualTo(504);
        }
        assertThat(slow.requests()).isOne();
    }

    @Test
    void aRequestPassesByAContainerThatDoesNotEvenTakeItsConnection() throws Exception {
        try (DeafContainer deaf = new DeafContainer()) {
            commit(route(with(app, "proxy-connect-timeout", "300ms"), "hello.test", deaf.endpoint(), container("one")));
            int late = 0;
            for (int i = 0; i < 20; i++) {
                long begun = System.nanoTime();
                try (Client client = new Client(nginx.port)) {
                    Client.Answer answer = client.send("POST", "hello.test", "/echo", "body", "");
                    assertThat(answer.status()).isEqualTo(200);
                    assertThat(answer.body()).isEqualTo("POST /echo body");
                }
                late += System.nanoTime() - begun > Duration.ofMillis(300).toNanos() ? 1 : 0;
            }
            assertThat(late).as("how many met the other one first").isPositive();
        }
    }

    @Test
    void aRequestThatNoContainerTakesIsAnsweredAfterTwoAttempts() throws Exception {
        try (DeafContainer deaf = new DeafContainer()) {
            commit(route(with(app, "proxy-connect-timeout", "300ms"), "hello.test", deaf.endpoint()));
            long begun = System.nanoTime();
            Client.Answer late = get("hello.test", "/");
            assertThat(late.status()).isEqualTo(504);
            assertThat(late.body()).contains("took too long");
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(600), Duration.ofSeconds(3));
        }
    }

    @Test
    void initiallyALostMachineHoldsARequestUpForAFewSeconds() throws Exception {
        try (DeafContainer deaf = new DeafContainer()) {
            commit(route(app, "hello.test", deaf.endpoint()));
            long begun = System.nanoTime();
            assertThat(get("hello.test", "/").status()).isEqualTo(504);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(12));
        }
    }

    @Test
    void theSecondAttemptIsMadeOnAnotherMachineWhereThereIsOne() throws Exception {
        commit(route(app, "hello.test", closedPort("127.0.0.2"), closedPort("127.0.0.2"), closedPort("127.0.0.2"), container("one")));
        for (int i = 0; i < 60; i++) {
            assertThat(get("hello.test", "/").body()).isEqualTo("one");
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
            client.socket().getOutputStream().write("still there".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.socket().getInputStream().readNBytes(11)).asString().isEqualTo("still there");
            client.socket().close();
            assertThat(nginx.proxy().awaitDrained(List.of(chat.endpoint()), Duration.ofSeconds(20))).isTrue();
        }
    }
}
