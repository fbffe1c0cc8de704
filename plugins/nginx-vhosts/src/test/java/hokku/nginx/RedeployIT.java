package hokku.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Endpoint;
import hokku.api.Global;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Containers are replaced under constant load, and nobody notices.
final class RedeployIT extends NginxFixture {
    private static final int REDEPLOYS = 20;
    private static final int CLIENTS_OF_A_KIND = 4;
    private static final long PAUSE_NANOS = 8_000_000;

    private final App chat = App.create(AppName.of("chat"), AppId.random(), Instant.EPOCH, Global.EMPTY);
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger onNewConnections = new AtomicInteger();
    private final AtomicInteger onKeptConnections = new AtomicInteger();
    private final AtomicInteger messages = new AtomicInteger();
    private volatile boolean stop;

    private void commit(App which, Endpoint container) throws Exception {
        commit(route(which, which.name() + ".test", container));
    }

    @Test
    @Timeout(120)
    void noRequestIsLostWhileContainersAreReplacedTwentyTimes() throws Exception {
        Container container = new Container("0").slow(30);
        commit(app, container.endpoint());
        try (WebSocketContainer other = new WebSocketContainer()) {
            commit(chat, other.endpoint());
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS_OF_A_KIND; i++) {
                clients.add(Thread.ofVirtual().start(this::askOnNewConnections));
                clients.add(Thread.ofVirtual().start(this::askOnOneConnection));
            }
            clients.add(Thread.ofVirtual().start(this::talk));
            for (int i = 1; i <= REDEPLOYS; i++) {
                Container next = new Container(String.valueOf(i)).slow(30);
                commit(app, next.endpoint());
                assertThat(Client.get(nginx.port, "hello.test", "/").body()).isEqualTo(String.valueOf(i));
                assertThat(nginx.proxy().awaitDrained(List.of(container.endpoint()), Duration.ofSeconds(20))).isTrue();
                container.close();
                container = next;
            }
            stop = true;
            for (Thread each : clients) {
                each.join();
            }
        } finally {
            stop = true;
            container.close();
        }
        assertThat(failures).as("of %s + %s requests and %s messages", onNewConnections, onKeptConnections, messages).isEmpty();
        assertThat(onNewConnections).hasValueGreaterThan(400);
        assertThat(onKeptConnections).hasValueGreaterThan(400);
        assertThat(messages).hasValueGreaterThan(50);
    }

    private void askOnNewConnections() {
        while (!stop) {
            try {
                note("new connection", Client.get(nginx.port, "hello.test", "/"));
            } catch (Exception failure) {
                failures.add("new connection: " + failure);
            }
            onNewConnections.incrementAndGet();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void askOnOneConnection() {
        try (Client client = new Client(nginx.port)) {
            while (!stop) {
                Client.Answer answer = client.send("POST", "hello.test", "/", "body", "");
                note("kept connection", answer);
                assertThat(answer.keepsAlive()).isTrue();
                onKeptConnections.incrementAndGet();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (Exception | AssertionError failure) {
            failures.add("kept connection: " + failure);
        }
    }

    private void talk() {
        try (Client client = new Client(nginx.port)) {
            client.socket().getOutputStream().write(("GET / HTTP/1.1\r\nHost: chat.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            Client.Answer switched = client.receive();
            if (switched.status() != 101) {
                failures.add("web socket: " + switched);
            }
            while (!stop) {
                client.socket().getOutputStream().write("message".getBytes(StandardCharsets.US_ASCII));
                String echo = new String(client.socket().getInputStream().readNBytes(7), StandardCharsets.US_ASCII);
                if (!echo.equals("message")) {
                    failures.add("web socket: " + echo);
                    return;
                }
                messages.incrementAndGet();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (Exception failure) {
            failures.add("web socket: " + failure);
        }
    }

    private void note(String where, Client.Answer answer) {
        if (answer.status() != 200) {
            failures.add(where + ": " + answer);
        }
    }
}
