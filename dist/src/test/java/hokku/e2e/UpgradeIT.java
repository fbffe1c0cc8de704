package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A database comes to another major version while an app is linked to it.
@Timeout(600)
class UpgradeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ROWS = 500_000;
    private static final String FROM = "postgres:15";
    private static final String TO = "postgres:17";

    private static DatabaseApp linked(TestServer server) throws Exception {
        server.dokku("postgres:create", "db", "--image-version", "15");
        DatabaseApp app = DatabaseApp.deploy(server);
        server.dokku("postgres:link", "db", DatabaseApp.NAME);
        app.write(ROWS);
        return app;
    }

    private static Running upgrade(TestServer server) throws IOException {
        return server.background("postgres:upgrade", "db", "--image-version", "17");
    }

    private static String version(TestServer server) throws Exception {
        return server.dokku("postgres:info", "db", "--version").strip();
    }

    private static List<String> volumes(TestServer server) throws Exception {
        return server.engine().owned(server.instance()).stream().filter(each -> each.startsWith("volume")).toList();
    }

    private static String appContainer(TestServer server) throws Exception {
        return server.engine().run("ps", "-q", "--no-trunc", "--filter", "label=hokku.instance=" + server.instance(), "--filter",
                "label=hokku.app=" + DatabaseApp.NAME).strip();
    }

    /// The container beside that the data is carried over to; empty for none.
    private static String beside(TestServer server) throws Exception {
        return server.engine().run("ps", "-aq", "--filter", "label=hokku.instance=" + server.instance(), "--filter", "label=hokku.role=upgrade").strip();
    }

    private static void remove(TestServer server) throws Exception {
        server.dokku("postgres:unlink", "db", DatabaseApp.NAME);
        server.dokku("postgres:destroy", "db", "--force");
    }

    @Test
    void theDataGoesAlongToAnotherMajorVersionWhileTheAppReadsIt() throws Exception {
        try (TestServer server = TestServer.start()) {
            DatabaseApp app = linked(server);
            String written = app.checksum();
            String container = appContainer(server);
            String address = server.dokku("postgres:info", "db", "--dsn");
            assertThat(version(server)).isEqualTo(FROM);
            String rows = String.valueOf(ROWS);

            try (Watch reads = new Watch(server.web(), server.domain(DatabaseApp.NAME), "/cgi-bin/count")) {
                await("reads").atMost(PATIENCE).until(() -> reads.saw(rows) > 0);
                long begin = System.nanoTime();
                Running upgrade = upgrade(server);
                await("writes are refused").atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> app.page("write?0").contains("read-only transaction"));
                // Those that are connected at that moment are disconnected.
                int refused = reads.saw(rows);
                await("reads go on").atMost(PATIENCE).until(() -> reads.saw(rows) > refused + 1);
                int failedBefore = reads.sawElse(rows);
                int sawBefore = reads.saw(rows);
                await("the data is carried over").atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> !beside(server).isEmpty());
                await("the data was carried over").atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
                    int failed = reads.sawElse(rows);
                    boolean over = beside(server).isEmpty();
                    assertThat(over ? failedBefore : failed).as("reads that failed while the data was carried over").isEqualTo(failedBefore);
                    return over;
                });
                int during = reads.saw(rows) - sawBefore;
                Running.Result upgraded = upgrade.end();
                assertThat(upgraded.exit()).as(upgraded.text()).isZero();
                int sawAfter = reads.saw(rows);
                await("reads go on").atMost(PATIENCE).until(() -> reads.saw(rows) > sawAfter + 5);
                System.out.printf("%d rows upgraded in %.1f s: reads answered meanwhile %d, failed at the freeze %d, failed at the exchange %d%n", ROWS,
                        (System.nanoTime() - begin) / 1e9, during, failedBefore, reads.sawElse(rows) - failedBefore);
                assertThat(during).isPositive();
                assertThat(failedBefore).as("reads that were cut off by the freeze").isLessThanOrEqualTo(1);
            }
            assertThat(app.checksum()).isEqualTo(written);
            app.write(1);
            assertThat(version(server)).isEqualTo(TO);
            assertThat(server.dokku("postgres:info", "db", "--dsn")).isEqualTo(address);
            assertThat(server.dokku("postgres:links", "db")).contains(DatabaseApp.NAME);
            assertThat(appContainer(server)).as("the app was left alone").isEqualTo(container);

            assertThat(volumes(server)).hasSize(2);
            server.dokku("postgres:upgrade", "db", "--discard-former");
            assertThat(volumes(server)).hasSize(1);
            app.write(1);
            remove(server);
        }
    }

    @Test
    void anUpgradeThatTheServerDidNotSurviveIsTakenBack() throws Exception {
        try (TestServer server = TestServer.start()) {
            DatabaseApp app = linked(server);
            String written = app.checksum();

            Running upgrade = upgrade(server);
            await("the dump is read").atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> isRestoring(server));
            server.kill();
            assertThat(upgrade.end().exit()).isNotZero();
            assertThat(app.page("write?0")).contains("read-only transaction");
            server.launch("");
            assertSettled(server, app, written);
            assertThat(version(server)).isEqualTo(FROM);
            assertThat(volumes(server)).hasSize(1);

            upgrade = upgrade(server);
            await("the containers change places").atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> !beside(server).isEmpty());
            await("the containers change places").atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> beside(server).isEmpty());
            server.kill();
            upgrade.end();
            server.launch("");
            assertSettled(server, app, written);
            // The server may have written down before it was killed that the new one counts.
            System.out.println("killed while the containers changed places: " + version(server));
            assertThat(volumes(server)).hasSize(version(server).equals(TO) ? 2 : 1);
            if (version(server).equals(FROM)) {
                server.dokku("postgres:upgrade", "db", "--image-version", "17");
            }
            assertThat(app.checksum()).isEqualTo(written);
            assertThat(version(server)).isEqualTo(TO);
            remove(server);
        }
    }

    private static boolean isRestoring(TestServer server) throws Exception {
        String container = beside(server);
        return !container.isEmpty() && Running.run(List.of("docker", "-H", server.engine().host(), "top", container), new byte[0]).out().contains("pg_restore");
    }

    private static void assertSettled(TestServer server, DatabaseApp app, String written) {
        long begin = System.nanoTime();
        await("the app can write again").atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> app.page("write?0").equals("written"));
        System.out.printf("writes again %.1f s after the server answered%n", (System.nanoTime() - begin) / 1e9);
        await("nothing is beside").atMost(PATIENCE).until(() -> beside(server).isEmpty());
        assertThat(app.checksum()).isEqualTo(written);
    }
}
