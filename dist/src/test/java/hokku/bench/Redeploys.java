package hokku.bench;

import static org.awaitility.Awaitility.await;

import hokku.e2e.Docker;
import hokku.e2e.Load;
import hokku.e2e.Running;
import hokku.e2e.SlowImage;
import hokku.e2e.TestServer;
import hokku.e2e.WorkTree;
import java.time.Duration;

/// (b) Requests failed while an app that boots and answers slowly is deployed again and again.
final class Redeploys {
    private static final String APP = "slow";
    private static final int RATE = 200;
    private static final int SHOWN_FAILURES = 5;
    private static final Duration RETIREMENT = Duration.ofSeconds(60);

    private final int redeploys;

    Redeploys(int redeploys) {
        this.redeploys = redeploys;
    }

    void measure(Table table) throws Exception {
        try (SlowImage image = SlowImage.build(Docker.SHARED); TestServer server = TestServer.start()) {
            WorkTree tree = server.repository(APP);
            push(tree, image, 0);
            Load.Outcome outcome;
            try (Load load = Load.start(server.web(), server.domain(APP), RATE, RETIREMENT)) {
                await().atMost(Duration.ofSeconds(30)).until(() -> load.count() > RATE);
                for (int redeploy = 1; redeploy <= redeploys; redeploy++) {
                    push(tree, image, redeploy);
                }
                int before = load.count();
                await().atMost(Duration.ofSeconds(30)).until(() -> load.count() > before + 2 * RATE);
                outcome = load.end();
            }
            int failed = outcome.failures().size();
            int answered = outcome.onNewConnections() + outcome.onKeptConnections() + outcome.webSocketMessages();
            table.figure("(b) requests failed in redeploys at " + RATE + " requests/s", redeploys,
                    failed + " of " + (answered + failed), "", "0", failed == 0, failed + " failed");
            table.detail("answered on new connections", redeploys, outcome.onNewConnections(), "");
            table.detail("answered on kept connections", redeploys, outcome.onKeptConnections(), "");
            table.detail("messages on one WebSocket, opened anew after a minute", redeploys, outcome.webSocketMessages(), "");
            outcome.failures().stream().limit(SHOWN_FAILURES).forEach(failure -> table.detail(failure, redeploys, "", ""));
        }
    }

    private static void push(WorkTree tree, SlowImage image, int release) throws Exception {
        tree.commit(image.source("release " + release));
        Running.Result pushed = tree.push();
        if (pushed.exit() != 0) {
            throw new AssertionError(pushed.text());
        }
    }
}
