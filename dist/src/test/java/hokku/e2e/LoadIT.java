package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Redeploys under constant load. `-Dhokku.redeploys=20` makes it longer.
class LoadIT {
    private static final int RATE = 200;
    private static final int REDEPLOYS = Integer.getInteger("hokku.redeploys", 3);
    private static final Duration RETIREMENT = Duration.ofSeconds(60);

    @Test
    void redeploysUnderLoadLoseNothing() throws Exception {
        try (SlowImage image = SlowImage.build(Docker.SHARED); TestServer server = TestServer.start()) {
            WorkTree tree = server.repository("slow");
            tree.commit(image.source("release 0"));
            Running.Result first = tree.push();
            assertThat(first.exit()).as(first.text()).isZero();

            Load.Outcome outcome;
            try (Load load = Load.start(server.web(), server.domain("slow"), RATE, RETIREMENT)) {
                await().atMost(Duration.ofSeconds(30)).until(() -> load.count() > RATE);
                for (int redeploy = 1; redeploy <= REDEPLOYS; redeploy++) {
                    tree.commit(image.source("release " + redeploy));
                    Running.Result pushed = tree.push();
                    assertThat(pushed.exit()).as(pushed.text()).isZero();
                    assertThat(server.get("slow")).isEqualTo(new Web.Answer(200, "release " + redeploy));
                }
                int before = load.count();
                await().atMost(Duration.ofSeconds(30)).until(() -> load.count() > before + 2 * RATE);
                outcome = load.end();
            }

            System.out.println(REDEPLOYS + " redeploys at " + RATE + " requests/s: " + outcome);
            outcome.failures().stream().limit(20).forEach(System.out::println);
            assertThat(outcome.failures()).isEmpty();
            assertThat(outcome.webSocketMessages()).isPositive();
        }
    }
}
